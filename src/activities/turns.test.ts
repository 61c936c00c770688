import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { MockActivityEnvironment } from '@temporalio/testing';
import { credentialPlace } from '../../test/credential-place.ts';
import type { CredentialPlace, SealedAccount } from '../../test/credential-place.ts';
import { createMedia } from '../domain/media/media.ts';
import { createPublishing } from '../domain/publishing/publishing.ts';
import { createTurns } from '../domain/turns/turns.ts';
import { openObjectStorage } from '../infra/object-storage.ts';
import type { TurnRef } from './hand-on-turns.ts';
import { publishingActivities } from './publishing.ts';
import { turnActivities } from './turns.ts';
import type { TurnTaken } from './turns.ts';

let place: CredentialPlace;
let account: SealedAccount;
let here: ReturnType<typeof activities>;
beforeAll(async () => {
  place = await credentialPlace();
  here = activities();
});
afterAll(() => place.close());
beforeEach(async () => {
  account = await place.account();
  Object.assign(heard, { woken: [], watched: [], told: [], gone: [] });
});

/** What the runs were told, and which of them are not there. */
const heard = {
  woken: new Array<string>(),
  watched: new Array<string>(),
  told: new Array<object>(),
  gone: new Array<string>(),
};
const unused = { endpoint: 'http://127.0.0.1:9', accessKey: '-', secretKey: '-', bucket: '-', region: '-' };

function activities() {
  const { database, credentials, config } = place;
  const now = () => place.clock.now;
  const media = createMedia({ database, objects: openObjectStorage(unused), now });
  const publishing = createPublishing({ database, credentials, media, config, now });
  const turnRuns = {
    wake: async ({ accountId }: { accountId: string }) => void heard.woken.push(accountId),
    watch: async ({ accountId }: { accountId: string }) => void heard.watched.push(accountId),
    async tell(publicationId: string, { givenTo }: { givenTo: string | null }) {
      if (heard.gone.includes(publicationId)) return false;
      heard.told.push({ publicationId, isGiven: givenTo !== null });
      return true;
    },
    isRunning: async (publicationId: string) => !heard.gone.includes(publicationId),
  };
  const services = { publishing, credentials, turns: createTurns({ database, now }), turnRuns, now };
  return { publishing, ...publishingActivities(services), ...turnActivities(services) };
}

async function asked() {
  const publicationId = await place.publication(account);
  const ref = { publicationId, accountId: account.accountId };
  return { ...ref, ref, answer: await ask(new MockActivityEnvironment(), ref) };
}

const ask = (activity: MockActivityEnvironment, ref: TurnRef): Promise<TurnTaken> =>
  activity.run((turn: TurnRef) => here.askForTurn({ ...turn, dueAt: null }), ref);

const giveTurn = (attempt = 1) =>
  new MockActivityEnvironment({ attempt }).run(() => here.giveTurn({ accountId: account.accountId }));

test('who asks in vain starts the account’s run, which ends when nobody waits', async () => {
  const [holder, waiter] = [await asked(), await asked()];
  expect([holder.answer.kind, waiter.answer.kind]).toEqual(['yours', 'wait']);
  expect(heard.woken).toEqual([account.accountId]);
  await here.endPublication({ ...holder.ref, end: { to: 'failed', code: 'selector_drift', message: 'no title' } });
  await expect(giveTurn()).resolves.toEqual({ kind: 'nobody' }); // nobody else is left to be given one
  expect(heard.woken).toHaveLength(1);
});

test('a try that was given up takes no turn', async () => {
  const late = { publicationId: await place.publication(account), accountId: account.accountId };
  const activity = new MockActivityEnvironment();
  activity.cancel('TIMED_OUT');
  await expect(ask(activity, late)).rejects.toThrow('TIMED_OUT');
  expect((await asked()).answer).toEqual({ kind: 'yours' });
  expect((await ask(new MockActivityEnvironment(), late)).kind).toBe('wait');
});

test('who ends hands the turn on, tells the next one, and tells it again when the first try may not have', async () => {
  const [holder, waiter] = [await asked(), await asked()];
  const end = { ...holder.ref, end: { to: 'failed', code: 'selector_drift', message: 'no title' } as const };
  const told = { publicationId: waiter.publicationId, isGiven: true };
  await here.endPublication(end);
  expect(heard.told).toEqual([told]);
  await here.endPublication(end);
  expect(heard.told).toEqual([told, told]);
  expect(heard.watched).toEqual([]); // nobody else waits
  const [first] = [await asked(), await asked()];
  place.clock.now = new Date(place.clock.now.getTime() + 180_000);
  await here.endPublication({ ...first.ref, end: { to: 'cancelled', note: 'cancelled' } });
  expect(heard.told).toHaveLength(2); // who has worked for a while has heard of it
  expect(heard.watched).toEqual([account.accountId]);
});

test('a turn that is asked for again by a step that comes late leaves the row where it is', async () => {
  const { ref, publicationId } = await asked();
  await here.beginRound({ publicationId });
  await expect(ask(new MockActivityEnvironment(), ref)).resolves.toEqual({ kind: 'yours' });
  await expect(here.publishing.publications.load(publicationId)).resolves.toMatchObject({ state: 'publishing' });
});

test('a turn is not handed on to a run that has gone', async () => {
  const [holder, gone, waiter] = [await asked(), await asked(), await asked()];
  heard.gone = [gone.publicationId];
  await here.endPublication({ ...holder.ref, end: { to: 'cancelled', note: 'cancelled' } });
  expect(heard.told).toEqual([{ publicationId: waiter.publicationId, isGiven: true }]);
  await expect(here.publishing.publications.load(gone.publicationId)).resolves.toMatchObject({ state: 'failed' });
});

test('ending may be repeated, and leaves no grant and no turn', async () => {
  const { ref, publicationId } = await asked();
  await place.grant(account, { publicationId });
  const end = { ...ref, end: { to: 'cancelled', note: 'cancelled' } as const };
  await here.endPublication(end);
  await here.endPublication(end);
  await expect(here.publishing.publications.load(publicationId)).resolves.toMatchObject({ state: 'cancelled' });
  await expect(place.credentials.hasGrant(publicationId, place.clock.now)).resolves.toBe(false);
  expect((await asked()).answer).toEqual({ kind: 'yours' });
});

test('a holder whose run has gone loses the turn, its row ends, and the next one gets it', async () => {
  const [holder, waiter, another] = [await asked(), await asked(), await asked()];
  await expect(giveTurn()).resolves.toMatchObject({ kind: 'held', publicationId: holder.publicationId });
  heard.gone = [holder.publicationId];
  place.clock.now = new Date(place.clock.now.getTime() + 60_000);
  await expect(giveTurn()).resolves.toMatchObject({ kind: 'held', publicationId: waiter.publicationId });
  expect(heard.told).toEqual([{ publicationId: waiter.publicationId, isGiven: true }]);
  const rows = await Promise.all([holder, another].map((one) => here.publishing.publications.load(one.publicationId)));
  expect(rows.map(({ state }) => state)).toEqual(['failed', 'queued']);
});

test('a turn that was given by a try which died is told by the next one', async () => {
  const [holder] = [await asked(), await asked()];
  await giveTurn(2);
  expect(heard.told).toEqual([{ publicationId: holder.publicationId, isGiven: true }]);
});

test('all who wait for an account that lost its login are told to ask again', async () => {
  const [holder, waiter] = [await asked(), await asked()];
  await here.markNeedsLogin({ accountId: account.accountId });
  await here.giveBackTurn(holder.ref);
  await expect(giveTurn()).resolves.toMatchObject({ kind: 'wait', why: 'needs_login' });
  expect(heard.told).toEqual([{ publicationId: waiter.publicationId, isGiven: false }]);
  await expect(ask(new MockActivityEnvironment(), waiter.ref)).resolves.toMatchObject({ kind: 'needs_login' });
  const row = await here.publishing.publications.load(waiter.publicationId);
  expect(row).toMatchObject({ state: 'needs_login', errorCode: 'needs_login' });
});

test('a risk queues the publication again and lets the account rest, however often it is told', async () => {
  const { ref, publicationId } = await asked();
  await here.beginRound({ publicationId });
  const first = await here.coolDown({ ...ref, signal: 'captcha' });
  await expect(here.coolDown({ ...ref, signal: 'captcha' })).resolves.toEqual(first);
  await expect(here.publishing.publications.load(publicationId)).resolves.toMatchObject({ state: 'queued' });
  await expect(ask(new MockActivityEnvironment(), ref)).resolves.toMatchObject({ kind: 'wait', why: 'cooling_down' });
  await expect(giveTurn()).resolves.toEqual({ kind: 'wait', why: 'cooling_down', until: first.until });
});
