import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { apiPlace } from '../../../test/api-place.ts';
import type { ApiPlace } from '../../../test/api-place.ts';
import { secrets, seal } from '../../../test/credential-place.ts';
import { generateWorkerKeyPair, openEnvelope, sealGrant } from '../../client/client.ts';
import { envelopeSchema } from '../../domain/credentials/credentials.ts';
import { Grant } from '../../entities/grant.ts';

const worker = await generateWorkerKeyPair();
const { envelope, keys } = await seal('my-blog');
const body = {
  platform: 'wordpress',
  account_id: 'my-blog',
  site_url: 'https://blog.example/',
  device_id: 'laptop',
  envelope,
};
const upload = 'POST /api/v1/credential/upload';
const download = 'GET /api/v1/credential/download/wordpress/my-blog';

let place: ApiPlace;

beforeAll(async () => {
  place = await apiPlace({ workerPublicKey: worker.publicKey });
});
afterAll(() => place.close());

test('a login state comes back as it was sealed, to its owner only', async () => {
  const [owner, stranger] = [await place.signUp(), await place.signUp()];
  expect(await owner.asUser(upload, { body })).toMatchObject({
    status: 200,
    body: { account_id: 'my-blog', version: 1 },
  });

  const { body: stored } = await owner.asUser(download);
  const opened = await openEnvelope(envelopeSchema.parse(Reflect.get(Object(stored), 'envelope')), secrets);
  expect(JSON.stringify(opened)).toContain('planted-secret');
  expect((await stranger.asUser(download)).status).toBe(404);
});

test('accounts are listed with their health, and nothing that is sealed', async () => {
  const [owner, stranger] = [await place.signUp(), await place.signUp()];
  await owner.asUser(upload, { body });

  const listed = await owner.asUser('GET /api/v1/credential/accounts');
  expect(listed.body).toMatchObject({
    data: [{ platform: 'wordpress', account_id: 'my-blog', health: 'active', version: 1 }],
  });
  expect(JSON.stringify(listed.body)).not.toContain(envelope.ct);
  expect((await stranger.asUser('GET /api/v1/credential/accounts')).body).toEqual({ data: [] });
});

test('an upload over a version that the device does not know is a 409', async () => {
  const { asUser } = await place.signUp();
  await asUser(upload, { body });
  expect((await asUser(upload, { body: { ...body, expected_version: 0 } })).status).toBe(409);
  expect(await asUser(upload, { body: { ...body, expected_version: 1 } })).toMatchObject({ body: { version: 2 } });
});

test('leave to collect numbers may come with the upload, once', async () => {
  const { asUser } = await place.signUp();
  const expiresAt = new Date(Date.now() + 86_400_000);
  const grant = await sealGrant({ envelope, keys, purpose: 'analytics', expiresAt, workerPublicKey: worker.publicKey });
  const withGrant = { body: { ...body, analytics_grant: grant } };
  expect((await asUser(upload, withGrant)).status).toBe(200);
  expect((await asUser(upload, withGrant)).status).toBe(400);

  const kept = await place.database.em.fork().find(Grant, { id: grant.grant_id });
  expect(kept).toMatchObject([{ purpose: 'analytics', publicationId: null }]);
});

test.each([
  [{ ...body, envelope: undefined }, 'envelope'],
  [{ ...body, envelope: { ...envelope, v: 2 } }, 'envelope.v'],
  [{ ...body, envelope: { ...envelope, password: 'in clear' } }, 'envelope.password'],
  [{ ...body, device_id: '' }, 'device_id'],
  [{ ...body, user_id: 'usr_other' }, 'user_id'],
])('an upload that is not right is a 400 that names the field (%#)', async (wrong, field) => {
  const { asUser } = await place.signUp();
  const called = await asUser(upload, { body: wrong });
  expect(called).toMatchObject({ status: 400, body: { error: { details: { issues: [{ path: field }] } } } });
});

test('the worker key is told to users', async () => {
  const { asUser } = await place.signUp();
  expect(await asUser('GET /api/v1/credential/worker-key')).toMatchObject({
    status: 200,
    body: { public_key: worker.publicKey, key_id: expect.stringMatching(/^[0-9a-f]{16}$/) },
  });
});

test.each([upload, download, 'GET /api/v1/credential/accounts', 'GET /api/v1/credential/worker-key'])(
  '%s needs a token',
  async (target) => {
    expect((await place.call(target)).status).toBe(401);
  },
);
