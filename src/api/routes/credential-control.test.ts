import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { apiPlace } from '../../../test/api-place.ts';
import type { ApiPlace } from '../../../test/api-place.ts';
import { blogger } from '../../../test/blogger.ts';
import { createCredentials } from '../../domain/credentials/credentials.ts';
import { Grant } from '../../entities/grant.ts';
import { createLogger } from '../../infra/logger.ts';

const worker = await blogger.worker();
const base = '/api/v1/credential/wordpress/my-blog';
let place: ApiPlace;
beforeAll(async () => {
  place = await apiPlace({
    starts: true,
    workerPublicKey: worker.publicKey,
    settings: { AUTH_REQUESTS_PER_MINUTE: '100000' },
  });
});
afterAll(() => place.close());

const credentials = () =>
  createCredentials({
    database: place.database,
    workerPublicKey: worker.publicKey,
    now: () => new Date(),
    logger: createLogger({ level: 'silent', name: 'test' }),
  });
const somebody = () => blogger(place, worker);

/** Opens the grant of a publication, as a browser worker does. */
async function opened(publicationId: string): Promise<void> {
  const { accountId } = await place.database.em.fork().findOneOrFail(Grant, { publicationId });
  const wanted = { accountId, purpose: 'publication' as const, publicationId, openedBy: 'worker-1' };
  await credentials().openGrant(wanted, worker.privateKey);
}

test('each opening of a grant leaves a row that its owner can read, in pages, after the grant is gone', async () => {
  const { asUser, publish } = await somebody();
  const [one, two] = [await publish({ title: 'One' }), await publish({ title: 'Two' })];
  await opened(one);
  await opened(two);
  await place.database.em.fork().nativeDelete(Grant, { publicationId: two });

  const first = await asUser(`GET ${base}/openings?limit=1`);
  expect(first.body).toMatchObject({ data: [{ publication_id: two, purpose: 'publication', opened_by: 'worker-1' }] });
  const cursor = String(Reflect.get(Object(first.body), 'next_cursor'));
  const second = await asUser(`GET ${base}/openings?limit=1&cursor=${cursor}`);
  expect(second.body).toMatchObject({ data: [{ publication_id: one }], next_cursor: null });
  expect((await asUser(`GET ${base}/openings?cursor=first`)).status).toBe(400);
});

test('a grant that is taken back is gone, and opens nothing any more', async () => {
  const { asUser, publish } = await somebody();
  const id = await publish();
  const listed = await asUser(`GET ${base}/grants`);
  expect(listed.body).toMatchObject({ data: [{ publication_id: id, purpose: 'publication' }] });
  const { accountId, id: grantId } = await place.database.em.fork().findOneOrFail(Grant, { publicationId: id });
  expect((await asUser(`DELETE /api/v1/credential/grants/${grantId}`)).status).toBe(204);
  expect((await asUser(`GET ${base}/grants`)).body).toEqual({ data: [] });
  const wanted = { accountId, purpose: 'publication' as const, publicationId: id };
  await expect(credentials().openGrant(wanted, worker.privateKey)).rejects.toMatchObject({ code: 'needs_grant' });
});

test('devices are listed with the last version that came from each', async () => {
  const { asUser, upload } = await somebody();
  await upload({ device_id: 'phone' });
  await upload({ device_id: 'd' });
  expect((await asUser(`GET ${base}/devices`)).body).toMatchObject({
    data: [
      { device: 'd', last_version: 3 },
      { device: 'phone', last_version: 2 },
    ],
  });
});

test('credentials that are deleted are gone with their grants; what is uploaded later starts anew', async () => {
  const { asUser, publish, upload } = await somebody();
  await publish();
  expect((await asUser(`DELETE ${base}`)).status).toBe(204);
  expect((await asUser('GET /api/v1/credential/accounts')).body).toEqual({ data: [] });
  expect((await asUser(`GET ${base}/grants`)).body).toEqual({ data: [] });
  expect((await asUser(`DELETE ${base}`)).status).toBe(404);
  await upload({});
  expect((await asUser('GET /api/v1/credential/accounts')).body).toMatchObject({
    data: [{ health: 'active', version: 1 }],
  });
});

test('nobody else sees or takes anything', async () => {
  const [owner, stranger] = [await somebody(), await place.signUp()];
  const id = await owner.publish();
  const { id: grantId } = await place.database.em.fork().findOneOrFail(Grant, { publicationId: id });
  const targets = [
    `GET ${base}/devices`,
    `GET ${base}/grants`,
    `GET ${base}/openings`,
    `DELETE ${base}`,
    `DELETE /api/v1/credential/grants/${grantId}`,
  ];
  for (const target of targets) {
    expect((await stranger.asUser(target)).status).toBe(404);
    expect((await place.call(target)).status).toBe(401);
  }
});
