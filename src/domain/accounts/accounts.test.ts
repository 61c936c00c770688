import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { User } from '../../entities/user.ts';
import { accountsOfTwoProcesses, PASSWORD } from '../../../test/account-processes.ts';

let here: Awaited<ReturnType<typeof accountsOfTwoProcesses>>;

beforeAll(async () => {
  here = await accountsOfTwoProcesses({ LOCK_AFTER_FAILURES: '3', LOCK_SECONDS: '60' });
});
afterAll(() => here.close());

test('an account starts in the default tier, under its address in lower case', async () => {
  const { user } = await here.accounts.register({ email: 'Ada@Example.COM', password: PASSWORD });

  expect(user).toMatchObject({ email: 'ada@example.com', role: 'user', tier: 'free' });
  await expect(here.accounts.register({ email: 'ADA@example.com', password: PASSWORD })).rejects.toMatchObject({
    code: 'conflict',
  });
  await expect(here.accounts.login({ email: 'ADA@example.com', password: PASSWORD })).resolves.toMatchObject({ user });
});

test('the password is kept as argon2id only', async () => {
  const { user } = await here.signUp();
  const { passwordHash } = await here.database.em.fork().findOneOrFail(User, { id: user.id });

  expect(passwordHash).toMatch(/^\$argon2id\$/);
});

test('a wrong password and an unknown address get the same answer', async () => {
  const { user } = await here.signUp();
  const refusal = { code: 'unauthenticated', message: 'The e-mail address or the password is wrong.' };

  await expect(here.accounts.login({ email: user.email, password: 'wrong password' })).rejects.toMatchObject(refusal);
  await expect(here.accounts.login({ email: here.somebody(), password: PASSWORD })).rejects.toMatchObject(refusal);
});

test('an account locks after its failures, even for the right password, and opens by itself', async () => {
  const { email } = (await here.signUp()).user;
  const wrong = () => here.accounts.login({ email, password: 'wrong password' });
  for (let failure = 0; failure < 3; failure += 1) {
    await expect(wrong()).rejects.toMatchObject({ code: 'unauthenticated' });
  }

  await expect(here.accounts.login({ email, password: PASSWORD })).rejects.toMatchObject({
    code: 'account_locked',
    details: { retry_after_seconds: 60 },
  });
  here.later(60);
  await expect(wrong()).rejects.toMatchObject({ code: 'unauthenticated' });
  await expect(here.accounts.login({ email, password: PASSWORD })).resolves.toMatchObject({ user: { email } });
});

test('guesses sent at once are counted as if they had come one by one', async () => {
  const { email } = (await here.signUp()).user;
  await Promise.allSettled(
    Array.from({ length: 8 }, (_, n) => here.accounts.login({ email, password: `guess number ${n}` })),
  );

  await expect(here.accounts.login({ email, password: PASSWORD })).rejects.toMatchObject({ code: 'account_locked' });
});

test('many right logins at once all succeed', async () => {
  const { email } = (await here.signUp()).user;
  const logins = await Promise.all(Array.from({ length: 8 }, () => here.accounts.login({ email, password: PASSWORD })));

  expect(new Set(logins.map((session) => session.refreshToken)).size).toBe(8);
});

test('an access token says who and in which role, until it expires', async () => {
  const { accessToken, user } = await here.signUp();

  await expect(here.other.principalOf(accessToken)).resolves.toEqual({ userId: user.id, role: 'user' });
  here.later(here.config.ACCESS_TOKEN_SECONDS + 1);
  await expect(here.other.principalOf(accessToken)).rejects.toMatchObject({ code: 'unauthenticated' });
});

test('a token that somebody else signed, or nobody, is refused', async () => {
  const { accessToken } = await here.signUp();
  const [, claims] = accessToken.split('.');
  const unsigned = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${claims}.`;

  for (const token of [unsigned, `${accessToken}x`, 'nonsense', '']) {
    await expect(here.accounts.principalOf(token)).rejects.toMatchObject({ code: 'unauthenticated' });
  }
});

test('a refresh token works once; used again, it ends its whole login', async () => {
  const first = await here.signUp();
  const second = await here.accounts.refresh(first.refreshToken);
  const third = await here.other.refresh(second.refreshToken);

  await expect(here.accounts.refresh(first.refreshToken)).rejects.toMatchObject({ code: 'unauthenticated' });
  await expect(here.accounts.refresh(third.refreshToken)).rejects.toMatchObject({ code: 'unauthenticated' });
});

test('reuse ends one login and leaves the others of the user alone', async () => {
  const phone = await here.signUp();
  const laptop = await here.accounts.login({ email: phone.user.email, password: PASSWORD });
  await here.accounts.refresh(phone.refreshToken);
  await expect(here.accounts.refresh(phone.refreshToken)).rejects.toMatchObject({ code: 'unauthenticated' });

  await expect(here.accounts.refresh(laptop.refreshToken)).resolves.toMatchObject({ user: phone.user });
});

test('of two refreshes with one token one wins, and its successor ends with the family', async () => {
  const { refreshToken } = await here.signUp();
  const outcomes = await Promise.allSettled([here.accounts.refresh(refreshToken), here.other.refresh(refreshToken)]);
  const [winner, ...more] = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));

  expect(more).toHaveLength(0);
  await expect(here.accounts.refresh(winner?.refreshToken ?? '')).rejects.toMatchObject({ code: 'unauthenticated' });
});

test('a refresh token expires', async () => {
  const { refreshToken } = await here.signUp();
  here.later(here.config.REFRESH_TOKEN_SECONDS);

  await expect(here.accounts.refresh(refreshToken)).rejects.toMatchObject({ code: 'unauthenticated' });
});
