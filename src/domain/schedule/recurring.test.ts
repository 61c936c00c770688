import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { seal } from '../../../test/credential-place.ts';
import type { SealedAccount } from '../../../test/credential-place.ts';
import { content, schedulePlace } from '../../../test/schedule-place.ts';
import type { SchedulePlace } from '../../../test/schedule-place.ts';
import { Grant } from '../../entities/grant.ts';
import { PublicationEvent } from '../../entities/publication-event.ts';
import { Publication } from '../../entities/publication.ts';
import { RecurringPost } from '../../entities/recurring-post.ts';

let place: SchedulePlace;
let account: SealedAccount;

beforeAll(async () => {
  place = await schedulePlace();
});
afterAll(() => place.close());
beforeEach(async () => {
  place.clock.now = new Date('2026-01-01T00:00:00Z');
  account = await place.account();
});

const first = '2026-01-02T09:00';
const at = (time: string) => void (place.clock.now = new Date(time));
const row = (id: string) => place.database.em.fork().findOneOrFail(RecurringPost, id);
const publicationsOf = () =>
  place.database.em.fork().find(Publication, { userId: account.userId }, { orderBy: { id: 'asc' } });

test('an occurrence is made once, however often and by however many at once it is asked for', async () => {
  const { id } = await place.recur(account);
  expect(await place.schedule.run.next(id)).toEqual({ kind: 'due', local: first, at: '2026-01-02T08:00:00.000Z' });
  at('2026-01-02T08:00:00Z');

  const made = await Promise.all([1, 2, 3].map(() => place.schedule.run.make(id, first)));
  expect(new Set(made.map((one) => one?.publicationId)).size).toBe(1);
  expect(made[0]).toMatchObject({ dueAt: '2026-01-02T08:00:00.000Z', accountId: account.accountId });
  expect(await publicationsOf()).toMatchObject([{ id: made[0]?.publicationId, state: 'scheduled' }]);
  expect(await row(id)).toMatchObject({ made: 1, nextOccurrence: '2026-01-03T09:00', state: 'active' });
});

test('after its last occurrence a recurring post has ended, and asking for that one again still answers it', async () => {
  const { id } = await place.recur(account);
  for (const local of [first, '2026-01-03T09:00', '2026-01-04T09:00']) await place.schedule.run.make(id, local);
  expect(await place.schedule.run.next(id)).toEqual({ kind: 'ended' });
  expect(await place.schedule.run.make(id, '2026-01-04T09:00')).not.toBeNull();
  expect(await row(id)).toMatchObject({ state: 'ended', made: 3, nextAt: null });
});

test('a grant goes to the occurrence that it was given for, and to no other', async () => {
  const { id } = await place.recur(account, {
    grants: [{ occurrence: '2026-01-03T09:00', sealed: await place.sealedFor(account) }],
  });
  const { coming } = await place.schedule.recurring.view(account.userId, id);
  expect(coming.map(({ has_grant: hasGrant }) => hasGrant)).toEqual([false, true, false]);

  await place.schedule.run.make(id, first);
  await place.schedule.run.make(id, '2026-01-03T09:00');
  const [without, withGrant] = await publicationsOf();
  const open = (publicationId = '') => {
    const wanted = { accountId: account.accountId, purpose: 'publication' as const, publicationId };
    return place.credentials.openGrant(wanted, place.worker.privateKey);
  };
  await expect(open(withGrant?.id)).resolves.toMatchObject({ version: 1 });
  await expect(open(without?.id)).rejects.toMatchObject({ code: 'needs_grant' });
  const notes = await place.database.em.fork().find(PublicationEvent, { publicationId: without?.id ?? '' });
  expect(notes.map(({ note }) => note).join()).toContain('without a grant, so that it will need a login');
});

test('credentials under a new key end the grants of coming occurrences, and the owner sees it', async () => {
  const { id } = await place.recur(account, {
    grants: [{ occurrence: first, sealed: await place.sealedFor(account) }],
  });
  const hasGrant = async () => (await place.schedule.recurring.view(account.userId, id)).coming[0]?.has_grant;
  expect(await hasGrant()).toBe(true);
  const { envelope } = await seal('my-blog');
  await account.upload({ envelope });
  expect(await hasGrant()).toBe(false);
});

test('a grant that is for no coming occurrence, or ends before it, is refused and nothing is made', async () => {
  const sealed = await place.sealedFor(account);
  const wrong = place.recur(account, { grants: [{ occurrence: '2026-01-02T10:00', sealed }] });
  await expect(wrong).rejects.toMatchObject({
    code: 'unprocessable',
    message: expect.stringMatching(/^grants\.0\.occurrence/),
  });
  const short = await place.sealedFor(account, new Date('2026-01-02T07:00:00Z'));
  const tooShort = place.recur(account, { grants: [{ occurrence: first, sealed: short }] });
  await expect(tooShort).rejects.toMatchObject({ code: 'invalid_request', details: { field: 'grant.expires_at' } });
  expect(await place.database.em.fork().count(RecurringPost, { userId: account.userId })).toBe(0);
});

test('after days without any process, what is too late is skipped with a note and not published in a burst', async () => {
  const rule = { rrule: 'FREQ=HOURLY;COUNT=100', startsAt: '2026-01-02T00:00', zone: 'UTC' };
  const { id } = await place.recur(account, { rule });
  at('2026-01-04T00:30:00Z');
  expect(await place.schedule.run.next(id)).toMatchObject({ kind: 'due', local: '2026-01-04T00:00' });
  expect(await place.schedule.run.next(id)).toMatchObject({ kind: 'due', local: '2026-01-04T00:00' });
  expect(await row(id)).toMatchObject({
    skipped: 48,
    lastNote: expect.stringMatching(/^Skipped 48 up to 2026-01-03T23:00/),
  });
});

test('a paused post makes nothing, and does not make up for its pause', async () => {
  const { id } = await place.recur(account);
  const change = { content: undefined, grants: [] };
  await place.schedule.recurring.change(account.userId, id, { ...change, state: 'paused' });
  expect(await place.schedule.run.next(id)).toEqual({ kind: 'paused' });
  expect(await place.schedule.run.make(id, first)).toBeNull();

  at('2026-01-03T12:00:00Z');
  await place.schedule.recurring.change(account.userId, id, { ...change, state: 'active' });
  expect(await place.schedule.run.next(id)).toMatchObject({ kind: 'due', local: '2026-01-04T09:00' });
  expect(await publicationsOf()).toEqual([]);
});

test('changed content is that of the occurrences to come', async () => {
  const { id } = await place.recur(account);
  await place.schedule.run.make(id, first);
  const changed = { state: undefined, content: { ...content, title: 'Wasps' }, grants: [] };
  await place.schedule.recurring.change(account.userId, id, changed);
  await place.schedule.run.make(id, '2026-01-03T09:00');
  expect((await publicationsOf()).map((one) => one.content.title)).toEqual(['Bees', 'Wasps']);
});

test('one that was ended makes nothing more, keeps no grants and cannot be changed', async () => {
  const { id } = await place.recur(account, {
    grants: [{ occurrence: first, sealed: await place.sealedFor(account) }],
  });
  await place.schedule.recurring.end(account.userId, id);
  await place.schedule.recurring.end(account.userId, id);
  expect(await place.schedule.run.make(id, first)).toBeNull();
  expect(await place.schedule.run.next(id)).toEqual({ kind: 'ended' });
  expect(await place.database.em.fork().count(Grant, { recurringPostId: id })).toBe(0);
  const change = place.schedule.recurring.change(account.userId, id, {
    state: 'active',
    content: undefined,
    grants: [],
  });
  await expect(change).rejects.toMatchObject({ code: 'conflict' });
});

test('a run that could not be begun leaves no row, and one without a row is told so', async () => {
  const begun: string[] = [];
  const begin = async ({ id }: { id: string }) => {
    begun.push(id);
    throw new Error('Temporal is away');
  };
  await expect(place.recur(account, { begin })).rejects.toThrow('Temporal is away');
  expect(await place.schedule.run.next(begun[0] ?? '')).toEqual({ kind: 'absent' });
});

test('posts that are due in the same minute are each their own, in the order in which they were set up', async () => {
  const posts = [await place.recur(account), await place.recur(account), await place.recur(account)];
  await place.schedule.recurring.end(account.userId, posts[1]?.id ?? '');
  const made = await Promise.all(posts.toReversed().map(({ id }) => place.schedule.run.make(id, first)));
  const ids = made.flatMap((one) => one?.publicationId ?? []);
  expect((await publicationsOf()).map(({ id }) => id)).toEqual(ids.toReversed());
  expect(ids).toHaveLength(2);
});

test('when a zone changes its rules, an occurrence that was made is not made again', async () => {
  const { id } = await place.recur(account);
  await place.schedule.run.make(id, first);
  const hourLater = { nextOccurrence: first, nextAt: new Date('2026-01-02T09:00:00Z') };
  await place.database.em.fork().nativeUpdate(RecurringPost, { id }, hourLater);
  await place.schedule.run.make(id, first);
  expect(await publicationsOf()).toHaveLength(1);
  expect(await row(id)).toMatchObject({ made: 1, nextOccurrence: '2026-01-03T09:00' });
});
