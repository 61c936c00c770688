import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { testPlace } from '../../../test/services.ts';
import type { TestPlace } from '../../../test/services.ts';
import { testUser } from '../../../test/rows.ts';
import { PlatformAccount } from '../../entities/platform-account.ts';
import { newId } from '../../infra/ids.ts';
import { createCommitGate } from './commit-gate.ts';
import type { CommitGate } from './commit-gate.ts';
import { createPublications } from './publications.ts';

let place: TestPlace;
let gate: CommitGate;
let publicationId: string;

const now = () => new Date();

beforeAll(async () => {
  place = await testPlace();
  gate = createCommitGate({ database: place.database, now });
});
afterAll(() => place.close());
beforeEach(async () => {
  publicationId = await newPublication();
});

test('of fifty workers that want to click in one round, one may', async () => {
  const clicks = await Promise.allSettled(Array.from({ length: 50 }, () => gate.pass(publicationId, 1)));
  expect(clicks.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
});

test('nobody clicks for a publication that was cancelled', async () => {
  await createPublications({ database: place.database, now }).move(publicationId, { to: 'cancelled', note: '-' });
  await expect(gate.pass(publicationId, 1)).rejects.toMatchObject({ code: 'conflict' });
});

test('a worker that comes back after its round was given up may not click', async () => {
  expect(await gate.close(publicationId, 1)).toBe(true);
  await expect(gate.pass(publicationId, 1)).rejects.toMatchObject({ code: 'conflict' });
});

test('a round that was clicked is not taken for unclicked, however often it is asked', async () => {
  await gate.pass(publicationId, 1);
  expect(await gate.close(publicationId, 1)).toBe(false);
  expect(await gate.close(publicationId, 1)).toBe(false);
});

test('closing a round twice gives the same answer', async () => {
  expect([await gate.close(publicationId, 1), await gate.close(publicationId, 1)]).toEqual([true, true]);
});

test('either the click or the end of the round wins, never both', async () => {
  const [passed, closed] = await Promise.allSettled([gate.pass(publicationId, 1), gate.close(publicationId, 1)]);
  expect(closed).toEqual({ status: 'fulfilled', value: passed.status === 'rejected' });
});

test('after the platform was seen not to have the post, the next round may click once', async () => {
  await gate.pass(publicationId, 1);
  await gate.reopen(publicationId, 1);
  await gate.reopen(publicationId, 1);
  await gate.pass(publicationId, 2);
  await expect(gate.pass(publicationId, 2)).rejects.toMatchObject({ code: 'conflict' });
});

test('the draft in the row is that of the round: neither an earlier one nor a click leaves room for another', async () => {
  const keep = (round: number, draftId: string) => gate.keepDraft(publicationId, { round, draftId });
  const [lost, mine] = [await gate.open(publicationId), await gate.open(publicationId)];
  await keep(mine, 'mine');
  await expect(keep(lost, 'of a lost worker')).rejects.toMatchObject({ code: 'unavailable' });
  await gate.pass(publicationId, mine);
  await expect(keep(mine, 'late')).rejects.toMatchObject({ code: 'unavailable' });
  await expect(createPublications({ database: place.database, now }).load(publicationId)).resolves.toMatchObject({
    platformDraftId: 'mine',
  });
});

test('a round that was clicked is not opened anew, and its click stays known', async () => {
  const round = await gate.open(publicationId);
  await gate.pass(publicationId, round);
  await expect(gate.open(publicationId)).resolves.toBe(round);
  expect(await gate.close(publicationId, round)).toBe(false);
});

async function newPublication(): Promise<string> {
  const em = place.database.em.fork();
  const user = await testUser(em);
  const account = { id: newId('acc'), userId: user.id, platform: 'wordpress', externalId: 'blog', createdAt: now() };
  await em.persist(em.create(PlatformAccount, account)).flush();
  const content = { title: 'T', markdown: 'M', tags: [], coverMediaId: null, aiGenerated: false };
  const row = {
    userId: user.id,
    accountId: account.id,
    platform: 'wordpress',
    content,
    scheduledAt: null,
    state: 'queued' as const,
  };
  const publications = createPublications({ database: place.database, now });
  const { id } = await publications.add(em, row);
  await publications.move(id, { to: 'publishing', note: 'prepares' });
  return id;
}
