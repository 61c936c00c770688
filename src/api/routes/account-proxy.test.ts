import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { PlatformAccount } from '../../entities/platform-account.ts';
import { newId } from '../../infra/ids.ts';
import { apiPlace } from '../../../test/api-place.ts';
import type { ApiPlace } from '../../../test/api-place.ts';

let place: ApiPlace;
let ann: Awaited<ReturnType<ApiPlace['signUp']>>;
let bob: typeof ann;
const id = newId('acc');
const target = '/api/v1/publish/accounts/wordpress/blog/proxy';

beforeAll(async () => {
  place = await apiPlace({ settings: { SITE_PRIVATE_NETWORKS: 'refuse' } });
  [ann, bob] = [await place.signUp(), await place.signUp()];
  const row = { platform: 'wordpress', externalId: 'blog', createdAt: new Date() };
  await place.database.em.fork().insert(PlatformAccount, { id, userId: ann.userId, ...row });
});
afterAll(() => place.close());

const account = () => place.database.em.fork().findOneOrFail(PlatformAccount, id);

test('a proxy is kept sealed, shown without its name and password, and taken away', async () => {
  const url = 'http://ann:proxy-password@proxy.example:3128';
  const shown = { status: 200, body: { url: 'http://proxy.example:3128' } };
  expect(await ann.asUser(`PUT ${target}`, { body: { url } })).toMatchObject(shown);
  expect(await ann.asUser(`GET ${target}`)).toMatchObject(shown);
  const row = await account();
  expect(row.sealedProxy).not.toContain('proxy');
  expect(place.browsers.proxies.urlOf(row)).toBe(url);
  expect(place.logLines.join('')).not.toContain('proxy-password');

  const none = { status: 200, body: { url: null } };
  expect(await ann.asUser(`PUT ${target}`, { body: { url: null } })).toMatchObject(none);
  expect((await account()).sealedProxy).toBeNull();
});

test.each([
  'http://127.0.0.1:3128',
  'http://[::1]:3128',
  'http://169.254.169.254',
  'http://localhost:3128',
  'http://proxy.example:3128/path',
  'http://proxy.example:3128?x=1',
  'socks5://proxy.example:1080',
  'proxy.example:3128',
  '',
])('%s is no proxy that may be used', async (url) => {
  const called = await ann.asUser(`PUT ${target}`, { body: { url } });
  expect(called).toMatchObject({ status: 400, body: { error: { details: { issues: [{ path: 'url' }] } } } });
});

test("another user's account has no proxy to see or to set, and nobody's has without a login", async () => {
  expect(await bob.asUser(`GET ${target}`)).toMatchObject({ status: 404 });
  expect(await bob.asUser(`PUT ${target}`, { body: { url: null } })).toMatchObject({ status: 404 });
  expect(await place.call(`GET ${target}`)).toMatchObject({ status: 401 });
  expect(await place.call(`PUT ${target}`, { body: { url: null } })).toMatchObject({ status: 401 });
});
