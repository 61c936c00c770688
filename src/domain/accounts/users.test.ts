import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Principal } from './accounts.ts';
import { grantRole } from './accounts.ts';
import { accountsOfTwoProcesses, PASSWORD, withinASecond } from '../../../test/account-processes.ts';

let here: Awaited<ReturnType<typeof accountsOfTwoProcesses>>;
let admin: Principal;
let adminEmail: string;

beforeAll(async () => {
  here = await accountsOfTwoProcesses({ LOCK_AFTER_FAILURES: '1', LOCK_SECONDS: '60' });
  const { user } = await here.signUp();
  adminEmail = user.email;
  await grantRole(here.database, { email: adminEmail, role: 'admin', at: here.now() });
  admin = { userId: user.id, role: 'admin' };
});
afterAll(() => here.close());

const change = (id: string, changes: Parameters<typeof here.accounts.users.change>[2], by = admin) =>
  here.accounts.users.change(by, id, changes);

async function userWithKey() {
  const session = await here.signUp();
  const settings = { name: 'laptop', expiresInDays: null, allowedModels: null, metadata: {} };
  const { secret } = await here.accounts.keys.create(session.user.id, settings);
  await here.other.authenticate(secret);
  return { ...session, secret };
}

test('a user in another tier has its limits on every process within a second', async () => {
  const { user, secret } = await userWithKey();
  await expect(change(user.id, { tier: 'pro' })).resolves.toMatchObject({ tier: 'pro' });

  await withinASecond(async () => (await here.other.authenticate(secret)).userLimits.requestsPerMinute === 600);
  await expect(change(user.id, { tier: 'none' })).rejects.toMatchObject({ code: 'invalid_request' });
});

test('a locked account can do nothing on any process within a second, and all again when it is opened', async () => {
  const { user, secret, refreshToken } = await userWithKey();
  const login = () => here.other.login({ email: user.email, password: PASSWORD });
  const { refreshToken: laptop } = await login();
  await expect(change(user.id, { locked: true })).resolves.toMatchObject({ locked: true, loginLockedUntil: null });

  const locked = { code: 'account_locked', details: undefined };
  await expect(login()).rejects.toMatchObject(locked);
  await expect(here.accounts.refresh(refreshToken)).rejects.toMatchObject(locked);
  await withinASecond(() =>
    here.other.authenticate(secret).then(
      () => false,
      (error: unknown) => error instanceof Error && error.message === 'The account of this API key is locked.',
    ),
  );

  await expect(change(user.id, { locked: false })).resolves.toMatchObject({ locked: false });
  await expect(login()).resolves.toMatchObject({ user });
  await expect(here.accounts.refresh(laptop)).resolves.toMatchObject({ user });
  await withinASecond(() =>
    here.other.authenticate(secret).then(
      () => true,
      () => false,
    ),
  );
});

test('who guesses passwords stops nobody else: the keys of a locked log-in work', async () => {
  const { user, secret } = await userWithKey();
  await expect(here.accounts.login({ email: user.email, password: 'wrong password' })).rejects.toBeDefined();
  await change(user.id, {}); // read again by every process

  await expect(here.accounts.users.get(user.id)).resolves.toMatchObject({
    locked: false,
    loginLockedUntil: new Date(here.now().getTime() + 60_000),
  });
  await expect(here.accounts.authenticate(secret)).resolves.toMatchObject({ userId: user.id });
  await change(user.id, { locked: false });
  await expect(here.accounts.login({ email: user.email, password: PASSWORD })).resolves.toMatchObject({ user });
});

test('a new role is in the next access token', async () => {
  const { user, accessToken, refreshToken } = await here.signUp();
  await expect(change(user.id, { role: 'operator' })).resolves.toMatchObject({ role: 'operator' });

  await expect(here.other.principalOf(accessToken)).resolves.toMatchObject({ role: 'user' });
  const refreshed = await here.other.refresh(refreshToken);
  await expect(here.other.principalOf(refreshed.accessToken)).resolves.toMatchObject({ role: 'operator' });
});

test('an operator gives no roles and leaves admins alone', async () => {
  const { user } = await here.signUp();
  const operator: Principal = { userId: (await here.signUp()).user.id, role: 'operator' };

  await expect(change(user.id, { role: 'operator' }, operator)).rejects.toMatchObject({ code: 'forbidden' });
  await expect(change(admin.userId, { locked: true }, operator)).rejects.toMatchObject({ code: 'forbidden' });
  await expect(change(user.id, { tier: 'basic' }, operator)).resolves.toMatchObject({ role: 'user', tier: 'basic' });
});

test('the last admin can neither be locked nor lose the role, and two cannot remove each other', async () => {
  await expect(change(admin.userId, { role: 'user' })).rejects.toMatchObject({ code: 'conflict' });
  await expect(change(admin.userId, { locked: true })).rejects.toMatchObject({ code: 'conflict' });
  const grant = { email: adminEmail, role: 'user' as const, at: here.now() };
  await expect(grantRole(here.database, grant)).rejects.toMatchObject({ code: 'conflict' });

  const second: Principal = { userId: (await here.signUp()).user.id, role: 'admin' };
  await change(second.userId, { role: 'admin' });
  const outcomes = await Promise.allSettled([
    change(admin.userId, { role: 'operator' }, second),
    here.other.users.change(admin, second.userId, { locked: true }),
  ]);
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  const left = await Promise.all([admin, second].map(({ userId }) => here.accounts.users.get(userId)));
  expect(left.filter(({ role, locked }) => role === 'admin' && !locked)).toHaveLength(1);
  await change(admin.userId, { role: 'admin', locked: false });
});

test('users are found by the beginning of their address, whatever it holds, newest first', async () => {
  const emails = ['found_1%@example.com', 'found_2%@example.com', 'foundx3@example.com'];
  for (const email of emails) await here.accounts.register({ email, password: PASSWORD });
  const search = async (emailPrefix: string) => {
    const { users } = await here.accounts.users.list({ emailPrefix, limit: 10, cursor: null });
    return users.map(({ email }) => email);
  };

  expect(await search('FOUND')).toEqual(emails.toReversed());
  expect(await search('found_')).toEqual(['found_2%@example.com', 'found_1%@example.com']);
  expect(await search('%')).toEqual([]);
  const page = await here.accounts.users.list({ emailPrefix: 'found', limit: 2, cursor: null });
  const rest = await here.accounts.users.list({ emailPrefix: 'found', limit: 2, cursor: page.nextCursor });
  expect(rest).toMatchObject({ users: [{ email: 'found_1%@example.com' }], nextCursor: null });
});

test('who logs out ends that login and no other, and may do it again', async () => {
  const phone = await here.signUp();
  const laptop = await here.accounts.login({ email: phone.user.email, password: PASSWORD });
  const successor = await here.accounts.refresh(phone.refreshToken);
  await here.other.logout(successor.refreshToken);
  await here.other.logout(successor.refreshToken);
  await here.other.logout('nonsense');

  await expect(here.accounts.refresh(successor.refreshToken)).rejects.toMatchObject({ code: 'unauthenticated' });
  await expect(here.accounts.refresh(laptop.refreshToken)).resolves.toMatchObject({ user: phone.user });
});
