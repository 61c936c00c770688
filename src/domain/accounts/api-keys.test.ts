import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { NewKey } from './accounts.ts';
import { accountsOfTwoProcesses } from '../../../test/account-processes.ts';

const plainKey: NewKey = {
  name: 'laptop',
  expiresInDays: null,
  allowedModels: null,
  requestsPerMinute: null,
  tokensPerDay: null,
  tokensPerMonth: null,
};

let here: Awaited<ReturnType<typeof accountsOfTwoProcesses>>;

beforeAll(async () => {
  here = await accountsOfTwoProcesses();
});
afterAll(() => here.close());

test('a key speaks for its user with the limits of both', async () => {
  const { user } = await here.signUp();
  const { key, secret } = await here.accounts.keys.create(user.id, {
    ...plainKey,
    allowedModels: ['auto'],
    requestsPerMinute: 7,
    tokensPerDay: 9_000_000_000,
  });

  expect(secret).toMatch(/^sk-cf-[0-9a-f]{64}$/);
  expect(secret.startsWith(key.displayPrefix)).toBe(true);
  await expect(here.other.authenticate(secret)).resolves.toMatchObject({
    userId: user.id,
    keyId: key.id,
    userLimits: { requestsPerMinute: 60, tokensPerDay: 100_000 },
    keyLimits: { requestsPerMinute: 7, tokensPerDay: 9_000_000_000, tokensPerMinute: null },
    allowedModels: ['auto'],
  });
});

test('the secret of a key is not in the database', async () => {
  const { user } = await here.signUp();
  const { secret } = await here.accounts.keys.create(user.id, plainKey);
  const [row] = await here.database.em
    .fork()
    .execute<{ everything: string }[]>('select json_agg(k)::text as everything from api_keys k');

  expect(row?.everything).not.toContain(secret.slice('sk-cf-'.length + 8));
});

test('a revoked key is refused on every process within a second', async () => {
  const { user } = await here.signUp();
  const { key, secret } = await here.accounts.keys.create(user.id, plainKey);
  await expect(here.other.authenticate(secret)).resolves.toMatchObject({ keyId: key.id });
  await here.accounts.keys.revoke(user.id, key.id);

  await expect(here.accounts.authenticate(secret)).rejects.toMatchObject({ code: 'unauthenticated' });
  const until = Date.now() + 1000;
  let refused = false;
  while (!refused && Date.now() < until) {
    refused = await here.other.authenticate(secret).then(
      () => false,
      () => true,
    );
  }
  expect(refused).toBe(true);
});

test('a known key costs no database read', async () => {
  const { user } = await here.signUp();
  const { secret } = await here.accounts.keys.create(user.id, plainKey);
  await here.other.authenticate(secret);
  await here.other.authenticate(secret);
  await here.database.em.fork().execute('update api_keys set status = ? where user_id = ?', ['disabled', user.id]);

  // Nobody was told of that update, so only a process that reads the database can know of it.
  await expect(here.other.authenticate(secret)).resolves.toMatchObject({ userId: user.id });
});

test('a key expires on time, also where it is known already', async () => {
  const { user } = await here.signUp();
  const { key, secret } = await here.accounts.keys.create(user.id, { ...plainKey, expiresInDays: 1 });
  await here.accounts.authenticate(secret);
  here.later(86_400);

  await expect(here.accounts.authenticate(secret)).rejects.toMatchObject({ message: 'The API key is expired.' });
  const { keys } = await here.accounts.keys.list(user.id, { limit: 10, cursor: null });
  expect(keys[0]).toMatchObject({ id: key.id, status: 'expired' });
});

test('keys are listed newest first, and nobody sees or revokes those of others', async () => {
  const { user } = await here.signUp();
  const stranger = (await here.signUp()).user;
  const first = await here.accounts.keys.create(user.id, plainKey);
  here.later(1);
  const second = await here.accounts.keys.create(user.id, plainKey);

  const page = await here.accounts.keys.list(user.id, { limit: 1, cursor: null });
  const rest = await here.accounts.keys.list(user.id, { limit: 1, cursor: page.nextCursor });
  expect([...page.keys, ...rest.keys].map((key) => key.id)).toEqual([second.key.id, first.key.id]);
  expect(rest.nextCursor).toBeNull();
  await expect(here.accounts.keys.list(stranger.id, { limit: 10, cursor: null })).resolves.toEqual({
    keys: [],
    nextCursor: null,
  });
  await expect(here.accounts.keys.revoke(stranger.id, first.key.id)).rejects.toMatchObject({ code: 'not_found' });
  await expect(here.accounts.authenticate(first.secret)).resolves.toMatchObject({ keyId: first.key.id });
});

test('the last use is written at most once a minute', async () => {
  const { user } = await here.signUp();
  const { secret } = await here.accounts.keys.create(user.id, plainKey);
  const lastUse = async () => {
    const { keys } = await here.accounts.keys.list(user.id, { limit: 1, cursor: null });
    return keys[0]?.lastUsedAt?.getTime();
  };
  const firstUse = here.now().getTime();
  for (const seconds of [0, 1, 58]) {
    here.later(seconds);
    await here.accounts.authenticate(secret);
    await here.accounts.written();
    expect(await lastUse()).toBe(firstUse);
  }
  here.later(2);
  await here.other.authenticate(secret);
  await here.other.written();
  expect(await lastUse()).toBe(firstUse + 61_000);
});

test('something that is not a key at all is refused', async () => {
  for (const secret of ['', 'sk-cf-', `sk-cf-${'0'.repeat(64)}`, `sk-cf-${'z'.repeat(64)}`, 'sk-other']) {
    await expect(here.accounts.authenticate(secret)).rejects.toMatchObject({ code: 'unauthenticated' });
  }
});

test('a process that could miss a revocation trusts no key that it knows', async () => {
  const { user } = await here.signUp();
  const { key, secret } = await here.accounts.keys.create(user.id, plainKey);
  await here.other.authenticate(secret);
  await here.deafen();
  await here.accounts.keys.revoke(user.id, key.id);

  await expect(here.other.authenticate(secret)).rejects.toMatchObject({ code: 'unauthenticated' });
});
