import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Accounts, NewKey } from './accounts.ts';
import { accountsOfTwoProcesses, withinASecond } from '../../../test/account-processes.ts';

const plainKey: NewKey = {
  name: 'laptop',
  expiresInDays: null,
  allowedModels: null,
  metadata: {},
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
    costNanosPerWeek: 1_000_000_000,
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
  await withinASecond(() => refusal(here.other, secret).then((message) => message === 'The API key is revoked.'));
});

test('a changed key has its new limits on every process within a second, and keeps the others', async () => {
  const { user } = await here.signUp();
  const { key, secret } = await here.accounts.keys.create(user.id, {
    ...plainKey,
    allowedModels: ['auto'],
    requestsPerMinute: 7,
    tokensPerDay: 70,
    metadata: { team: 'blue' },
  });
  await here.other.authenticate(secret);
  const changed = await here.accounts.keys.change(user.id, key.id, { concurrentRequests: 3, tokensPerDay: null });

  expect(changed).toMatchObject({ name: 'laptop', requestsPerMinute: 7, concurrentRequests: 3, tokensPerDay: null });
  expect(changed).toMatchObject({ allowedModels: ['auto'], metadata: { team: 'blue' }, expiresAt: null });
  await withinASecond(async () => {
    const { keyLimits } = await here.other.authenticate(secret);
    return keyLimits.concurrentRequests === 3 && keyLimits.tokensPerDay === null && keyLimits.requestsPerMinute === 7;
  });
});

test('a disabled key is refused on every process within a second, and works again when it is active', async () => {
  const { user } = await here.signUp();
  const { key, secret } = await here.accounts.keys.create(user.id, plainKey);
  await here.other.authenticate(secret);

  await here.accounts.keys.change(user.id, key.id, { status: 'disabled' });
  await withinASecond(() => refusal(here.other, secret).then((message) => message === 'The API key is disabled.'));
  await here.accounts.keys.change(user.id, key.id, { status: 'active' });
  await withinASecond(() => refusal(here.other, secret).then((message) => message === null));
});

test('a new secret is of the same key, and the old one is refused on every process within a second', async () => {
  const { user } = await here.signUp();
  const made = await here.accounts.keys.create(user.id, { ...plainKey, requestsPerMinute: 7, expiresInDays: 9 });
  await here.other.authenticate(made.secret);
  await here.other.written();
  const renewed = await here.accounts.keys.regenerate(user.id, made.key.id);

  expect(renewed.secret).not.toBe(made.secret);
  expect(renewed.key).toEqual({
    ...made.key,
    displayPrefix: renewed.secret.slice(0, 14),
    lastUsedAt: expect.any(Date),
  });
  await expect(here.other.authenticate(renewed.secret)).resolves.toMatchObject({
    keyId: made.key.id,
    keyLimits: { requestsPerMinute: 7 },
  });
  await withinASecond(async () => (await refusal(here.other, made.secret)) === 'The API key is not valid.');
});

test('of many new secrets asked for at once only the last one works', async () => {
  const { user } = await here.signUp();
  const { key } = await here.accounts.keys.create(user.id, plainKey);
  const renewed = await Promise.all(
    [here.accounts, here.other, here.accounts, here.other].map(async ({ keys, authenticate }) => {
      const { secret } = await keys.regenerate(user.id, key.id);
      await authenticate(secret).catch(() => undefined); // known there, if it was good for a moment
      return secret;
    }),
  );

  await withinASecond(async () => {
    const refusals = await Promise.all(renewed.map((secret) => refusal(here.other, secret)));
    return refusals.filter((message) => message === null).length === 1;
  });
});

test('a revoked key can be neither changed nor renewed', async () => {
  const { user } = await here.signUp();
  const { key } = await here.accounts.keys.create(user.id, plainKey);
  await here.accounts.keys.revoke(user.id, key.id);

  const conflict = { code: 'conflict' };
  await expect(here.accounts.keys.change(user.id, key.id, { status: 'active' })).rejects.toMatchObject(conflict);
  await expect(here.accounts.keys.regenerate(user.id, key.id)).rejects.toMatchObject(conflict);
  await expect(here.accounts.keys.get(user.id, key.id)).resolves.toMatchObject({ status: 'revoked' });
});

test('an expired key works again when its life is made longer', async () => {
  const { user } = await here.signUp();
  const { key, secret } = await here.accounts.keys.create(user.id, { ...plainKey, expiresInDays: 1 });
  here.later(86_401);
  await expect(refusal(here.accounts, secret)).resolves.toBe('The API key is expired.');

  await here.accounts.keys.change(user.id, key.id, { expiresInDays: null });
  await expect(refusal(here.accounts, secret)).resolves.toBeNull();
});

test('the desktop key is made once, also when it is asked for many times at once', async () => {
  const { user } = await here.signUp();
  const [kept, ...more] = await Promise.all(
    [here.accounts, here.other, here.accounts, here.other].map((process) => process.desktopToken(user.id)),
  );
  const tokens = [kept, ...more];

  expect(new Set(tokens.map((token) => token?.key.id)).size).toBe(1);
  expect(tokens.filter((token) => token?.secret !== null)).toHaveLength(1);
  await here.accounts.keys.revoke(user.id, kept?.key.id ?? '');
  await expect(here.accounts.desktopToken(user.id)).resolves.toMatchObject({ secret: expect.any(String) });
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

/** Why a key is refused; null when it is not. */
function refusal(accounts: Accounts, secret: string): Promise<string | null> {
  return accounts.authenticate(secret).then(
    () => null,
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
}
