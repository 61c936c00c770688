import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { credentialPlace } from '../../../test/credential-place.ts';
import type { CredentialPlace, SealedAccount } from '../../../test/credential-place.ts';
import { Notice } from '../../entities/notice.ts';
import { PlatformAccount } from '../../entities/platform-account.ts';
import { Publication } from '../../entities/publication.ts';
import { createTurns } from './turns.ts';
import type { Turns } from './turns.ts';

let place: CredentialPlace;
let turns: Turns;
let account: SealedAccount;
let accountId: string;

beforeAll(async () => {
  place = await credentialPlace();
  turns = createTurns({ database: place.database, now: () => place.clock.now });
});
afterAll(() => place.close());
beforeEach(async () => {
  account = await place.account();
  ({ accountId } = account);
});

const owner = () => ({ userId: account.userId, platform: 'wordpress', accountId: 'my-blog' });
const later = (ms: number) => new Date(place.clock.now.getTime() + ms);
const passes = (ms: number) => void (place.clock.now = later(ms));
const rowOf = (id: string) => place.database.em.fork().findOneOrFail(Publication, id);

const nothing = async () => undefined;

async function asked(dueInMs = 0) {
  const publicationId = await place.publication(account);
  const paused: string[] = [];
  const pause = async (_em: unknown, message: string) => void paused.push(message);
  const ask = () => turns.ask({ publicationId, accountId, dueAt: later(dueInMs), queue: nothing, pause });
  return { publicationId, paused, ask, answer: await ask() };
}

const committed = (id: string) =>
  place.database.em.fork().nativeUpdate(Publication, { id }, { commitStartedAt: place.clock.now });

test('a free account gives its turn at once, and asking again keeps it', async () => {
  const { answer, ask } = await asked();
  expect([answer, await ask()]).toEqual([{ kind: 'yours' }, { kind: 'yours' }]);
});

test('of many that ask at once one gets the turn, and the first of them wakes the account', async () => {
  const all = await Promise.all(Array.from({ length: 8 }, () => asked()));
  const waiting = all.flatMap(({ answer }) => (answer.kind === 'wait' ? [answer] : []));
  expect(waiting).toHaveLength(7);
  expect(waiting.filter(({ wake }) => wake)).toEqual([
    expect.objectContaining({ wake: expect.objectContaining({ accountId }) }),
  ]);
});

test('turns go by due time, then by arrival, and giving back tells whether somebody waits', async () => {
  const holder = await asked();
  const [second, third, first] = [await asked(1_000), await asked(1_000), await asked(-1_000)];
  const order: string[] = [];
  let last = holder.publicationId;
  while (await turns.giveBack({ publicationId: last, accountId })) {
    const next = await turns.next(accountId);
    if (next.kind !== 'given') throw new Error(next.kind);
    order.push((last = next.publicationId));
    expect(next.askedAt).toBe((await rowOf(last)).turnAskedAt?.toISOString());
    await expect(turns.next(accountId)).resolves.toMatchObject({
      kind: 'held',
      publicationId: last,
      others: next.others,
    });
  }
  expect(order).toEqual([first, second, third].map(({ publicationId }) => publicationId));
  await expect(turns.next(accountId)).resolves.toEqual({ kind: 'nobody' });
});

test('who leaves the queue is passed over, and what is given back twice was given back once', async () => {
  const [holder, leaver, waiter] = [await asked(), await asked(), await asked()];
  await turns.giveBack({ publicationId: leaver.publicationId, accountId });
  await turns.giveBack({ publicationId: holder.publicationId, accountId });
  await expect(turns.next(accountId)).resolves.toMatchObject({ kind: 'given', publicationId: waiter.publicationId });
  await turns.giveBack({ publicationId: holder.publicationId, accountId });
  await expect(waiter.ask()).resolves.toEqual({ kind: 'yours' });
});

test('gap and cap count what was committed, whoever holds a turn and whenever', async () => {
  await turns.setPace(owner(), { minGapMs: 60_000, perDay: 2, jitterMs: 0 });
  const one = await asked();
  await committed(one.publicationId);
  await turns.giveBack({ publicationId: one.publicationId, accountId });
  const two = await asked();
  expect(two.answer).toMatchObject({ kind: 'wait', why: 'gap', wake: { accountId } });
  await expect(turns.next(accountId)).resolves.toEqual({ kind: 'wait', why: 'gap', untilMs: later(60_000).getTime() });
  passes(60_000);
  await expect(two.ask()).resolves.toEqual({ kind: 'yours' });
  await committed(two.publicationId);
  await turns.giveBack({ publicationId: two.publicationId, accountId });
  expect((await asked()).answer).toMatchObject({ kind: 'wait', why: 'daily_cap' });
});

test('who asks an account that needs a login is told to wait for it, and leaves the queue', async () => {
  await place.credentials.markNeedsLogin(accountId);
  const { answer, paused, publicationId } = await asked();
  expect(answer).toMatchObject({ kind: 'needs_login' });
  expect(paused).toHaveLength(1);
  expect((await rowOf(publicationId)).turnAskedAt).toBeNull();
});

test('those who waited when the login was lost are known, to be told', async () => {
  const [, waiter] = [await asked(), await asked()];
  await place.credentials.markNeedsLogin(accountId);
  await expect(turns.next(accountId)).resolves.toEqual({ kind: 'paused', why: 'needs_login' });
  await expect(turns.waiting(accountId)).resolves.toContain(waiter.publicationId);
});

test('a disabled account keeps those who wait, and goes on when it is enabled', async () => {
  await turns.disable(owner());
  const { answer, ask } = await asked();
  expect(answer).toMatchObject({ kind: 'wait', why: 'disabled', wake: null });
  await expect(turns.enable(owner())).resolves.toMatchObject({ health: 'active', accountId });
  await expect(ask()).resolves.toEqual({ kind: 'yours' });
});

test('a risk signal lets the account rest once, tells its owner, and ends by itself', async () => {
  const until = await turns.coolDown(accountId, 'captcha');
  expect(until).toEqual(later(60_000));
  await expect(turns.coolDown(accountId, 'captcha')).resolves.toEqual(until);
  const { userId } = account;
  await expect(place.credentials.accounts(userId)).resolves.toMatchObject([
    { health: 'cooling_down', health_until: until.toISOString(), health_reason: 'captcha' },
  ]);
  const notices = await place.database.em.fork().find(Notice, { userId });
  expect(notices.map(({ kind, payload }) => [kind, payload['code']])).toEqual([['account.cooling_down', 'captcha']]);
  const { answer, ask } = await asked();
  expect(answer).toMatchObject({ kind: 'wait', why: 'cooling_down' });
  passes(60_000);
  await expect(place.credentials.accounts(userId)).resolves.toMatchObject([{ health: 'active', health_until: null }]);
  await expect(ask()).resolves.toEqual({ kind: 'yours' });
  await expect(turns.coolDown(accountId, 'captcha')).resolves.toEqual(later(120_000));
});

test('disabling and enabling ends no cool-down, and without credentials an account needs a login', async () => {
  await turns.coolDown(accountId, 'captcha');
  await turns.disable(owner());
  await expect(turns.enable(owner())).resolves.toMatchObject({ health: 'cooling_down', reason: 'captcha' });
  await turns.disable(owner());
  await place.credentials.remove(owner());
  await expect(turns.enable(owner())).resolves.toMatchObject({ health: 'needs_login' });
  const { health } = await place.database.em.fork().findOneOrFail(PlatformAccount, accountId);
  expect(health).toBe('needs_login');
});
