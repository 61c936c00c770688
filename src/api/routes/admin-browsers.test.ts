import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { z } from 'zod';
import { noReport } from '../../domain/browsers/worker-report.ts';
import { PlatformAccount } from '../../entities/platform-account.ts';
import { newId } from '../../infra/ids.ts';
import { apiPlace } from '../../../test/api-place.ts';
import type { ApiPlace } from '../../../test/api-place.ts';
import { blogger } from '../../../test/blogger.ts';
import { staffOf } from '../../../test/catalog-staff.ts';
import type { Staff } from '../../../test/catalog-staff.ts';

const worker = await blogger.worker();
let place: ApiPlace;
let staff: Staff;
let accountId: string;

beforeAll(async () => {
  place = await apiPlace({ workerPublicKey: worker.publicKey });
  staff = await staffOf(place);
  accountId = newId('acc');
  const row = { platform: 'wordpress', externalId: 'blog', siteUrl: 'https://blog.example', createdAt: new Date() };
  await place.database.em.fork().insert(PlatformAccount, { id: accountId, userId: staff.user.userId, ...row });
});
afterAll(() => place.close());

const session = () => ({ accountId, openedAtMs: 1_000, usedAtMs: 2_000, uses: 3, isAtWork: true });
const beat = () => {
  const report = { ...noReport, host: 'h.example', version: '1.2.3', jobs: 1, sessions: [session()] };
  return place.browsers.registry.beat({ workerId: 'h.example-1-ab', slots: 4, accountIds: [accountId], report });
};
beforeEach(async () => {
  await beat();
});

test('operators see each worker that is alive, and the sessions with whose they are', async () => {
  expect(await staff.operator.call('GET /api/v1/admin/browser/workers')).toMatchObject({
    status: 200,
    body: { data: [{ id: 'h.example-1-ab', version: '1.2.3', slots: 4, sessions: 1, at_work: 1, order: null }] },
  });
  expect(await staff.operator.call('GET /api/v1/admin/browser/sessions')).toMatchObject({
    status: 200,
    body: {
      data: [
        {
          account_id: accountId,
          user_id: staff.user.userId,
          platform: 'wordpress',
          worker_id: 'h.example-1-ab',
          opened_at: '1970-01-01T00:00:01.000Z',
          uses: 3,
          at_work: true,
        },
      ],
    },
  });
});

test('a worker hears with its next beat that it is drained, restarted, or let go on, and who of us wanted it is kept', async () => {
  const orders = [];
  for (const verb of ['drain', 'restart', 'undrain']) {
    const called = await staff.operator.call(`POST /api/v1/admin/browser/workers/h.example-1-ab/${verb}`);
    expect(called.status).toBe(202);
    orders.push(await beat());
  }
  expect(orders).toEqual(['drain', 'restart', null]);
  const { body } = await staff.operator.call('GET /api/v1/admin/actions?limit=3');
  const { data } = z.object({ data: z.array(z.object({ action: z.string(), target: z.string() })) }).parse(body);
  expect(data.map(({ action }) => action)).toEqual([
    'browser-worker.undrain',
    'browser-worker.restart',
    'browser-worker.drain',
  ]);
});

test('an order to a worker that is not there is a 404 and leaves no record, and one to no worker at all a 400', async () => {
  const before = await staff.operator.call('GET /api/v1/admin/actions');
  expect(await staff.operator.call('POST /api/v1/admin/browser/workers/nobody/drain')).toMatchObject({ status: 404 });
  expect((await staff.operator.call('GET /api/v1/admin/actions')).body).toEqual(before.body);
  expect(await staff.operator.call('POST /api/v1/admin/browser/workers/a%20b/drain')).toMatchObject({ status: 400 });
});

test('evidence of a publication is listed for operators, and of none that there is', async () => {
  const person = await blogger(place, worker);
  const id = await person.publish({ title: 'Seen' });
  const seen = { userId: person.userId, publicationId: id, at: new Date(), bytes: Buffer.from('[]') } as const;
  const evidence = place.publishing.evidence;
  await evidence.keep({ ...seen, kind: 'requests', phase: 'commit', contentType: 'application/json' });
  const called = await staff.operator.call(`GET /api/v1/admin/publications/${id}/evidence`);
  expect(called).toMatchObject({ status: 200, body: { data: [{ kind: 'requests', phase: 'commit' }] } });
  expect(await staff.operator.call('GET /api/v1/admin/publications/pub_none/evidence')).toMatchObject({ status: 404 });
});

test.each([
  'GET /api/v1/admin/browser/workers',
  'GET /api/v1/admin/browser/sessions',
  'GET /api/v1/admin/publications/pub_1/evidence',
  'POST /api/v1/admin/browser/workers/w/drain',
  'POST /api/v1/admin/browser/workers/w/undrain',
  'POST /api/v1/admin/browser/workers/w/restart',
])('%s is for operators only', async (target) => {
  expect(await staff.user.call(target)).toMatchObject({ status: 403 });
  expect(await place.call(target)).toMatchObject({ status: 401 });
});
