import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { schedulePlace, content } from '../../../test/schedule-place.ts';
import type { SchedulePlace } from '../../../test/schedule-place.ts';
import type { SealedAccount } from '../../../test/credential-place.ts';
import { Grant } from '../../entities/grant.ts';
import { PublicationEdit } from '../../entities/publication-edit.ts';

let place: SchedulePlace;
let owner: SealedAccount;
beforeAll(async () => {
  place = await schedulePlace();
});
beforeEach(async () => {
  owner = await place.account();
});
afterAll(() => place.close());

const morning = new Date('2026-01-05T08:00:00Z');
const daily = { zone: 'UTC', weekdays: weekdaysAt('08:00') };

async function scheduled(scheduledAt: Date | 'next_free_slot' = morning, more: object = {}) {
  const request = { ...place.name(owner), content, scheduledAt, force: true, idempotencyKey: null, ...more };
  return place.publishing.create({ grant: await place.sealedFor(owner), ...request });
}
const em = () => place.database.em.fork();
const left = async (publicationId: string) => ({
  grants: await em().count(Grant, { publicationId }),
  edits: await em().count(PublicationEdit, { publicationId }),
});

test('content, time and grant of a change come together, once', async () => {
  const { id } = await scheduled();
  const at = new Date('2026-01-06T08:00:00Z');
  const grant = await place.sealedFor(owner);
  const order = { content: { ...content, title: 'Wasps' }, at, grant, force: false };
  const kept = await place.publishing.keepChange(owner.userId, id, order);
  expect(kept).toMatchObject({ at, hasContent: true });
  expect(await left(id)).toEqual({ grants: 1, edits: 1 });
  for (const _ of [1, 2]) await place.publishing.applyEdit(id, kept.id);
  expect(await place.publications.load(id)).toMatchObject({ content: { title: 'Wasps' }, scheduledAt: at });
  expect(await left(id)).toEqual({ grants: 2, edits: 0 });
  expect((await place.publications.history(id)).map(({ note }) => note)).toEqual([
    'created',
    `edited, moved to ${at.toISOString()}`,
  ]);
});

test('a change that is refused leaves neither itself nor its grant', async () => {
  const { id } = await scheduled();
  const grant = await place.sealedFor(owner);
  const order = { at: new Date('2026-01-06T08:00:00Z'), grant, force: false };
  const kept = await place.publishing.keepChange(owner.userId, id, order);
  await place.publishing.dropEdit(kept.id);
  expect(await left(id)).toEqual({ grants: 1, edits: 0 });
});

test('a grant that could not work, or was given before, is refused before anything is kept', async () => {
  const grant = await place.sealedFor(owner);
  const { id } = await scheduled(morning, { grant });
  const at = new Date('2026-01-06T08:00:00Z');
  const short = await place.sealedFor(owner, at);
  for (const [sealed, field] of [
    [grant, 'grant.grant_id'],
    [short, 'grant.expires_at'],
  ] as const) {
    const change = place.publishing.keepChange(owner.userId, id, { at, grant: sealed, force: false });
    await expect(change).rejects.toMatchObject({ code: 'invalid_request', details: { field } });
  }
  const beyond = { at: new Date('2026-02-02T08:00:00Z'), force: false };
  await expect(place.publishing.keepChange(owner.userId, id, beyond)).rejects.toMatchObject({
    details: { issues: [{ path: 'scheduled_at' }] },
  });
  expect(await left(id)).toEqual({ grants: 1, edits: 0 });
});

test('what a crash has left is swept: of one that has ended soon, of any other after a day', async () => {
  const [going, ended] = [await scheduled(), await scheduled()];
  await place.publications.move(ended.id, { to: 'cancelled', note: 'ended' });
  const createdAt = new Date(place.clock.now.getTime() - 2 * 3_600_000);
  for (const [publicationId, id] of [
    [going.id, 'edt_going'],
    [ended.id, 'edt_ended'],
  ] as const) {
    const row = { id, publicationId, content: null, scheduledAt: null, grant: null, createdAt };
    await em().insert(PublicationEdit, row);
  }
  expect(await place.publishing.dropLeftovers(10)).toBe(1);
  expect([await left(going.id), await left(ended.id)]).toMatchObject([{ edits: 1 }, { edits: 0 }]);
  await em().nativeUpdate(PublicationEdit, { id: 'edt_going' }, { createdAt: new Date('2025-12-30T00:00:00Z') });
  expect(await place.publishing.dropLeftovers(10)).toBe(1);
});

test('requests for the next free slot at once get a slot each, new ones and moved ones', async () => {
  await place.schedule.slots.replace(place.name(owner), daily);
  const moving = await scheduled(new Date('2026-01-01T12:00:00Z'));
  const move = { at: 'next_free_slot', force: false } as const;
  const both = await Promise.all([
    scheduled('next_free_slot'),
    scheduled('next_free_slot'),
    place.publishing.keepChange(owner.userId, moving.id, move),
  ]);
  const times = both.map((one) => ('at' in one ? one.at : one.scheduledAt)?.toISOString());
  const days = ['2026-01-01', '2026-01-02', '2026-01-03'];
  expect(new Set(times)).toEqual(new Set(days.map((day) => `${day}T08:00:00.000Z`)));
});

test('targets of a batch get slots one after the other, and an account without slots is a refusal that names the field', async () => {
  await place.schedule.slots.replace(place.name(owner), daily);
  const target = async () => ({
    ...place.name(owner),
    content,
    grant: await place.sealedFor(owner),
    scheduledAt: 'next_free_slot' as const,
    force: true,
  });
  const targets = [await target(), await target()];
  const batch = await place.publishing.createBatch({ userId: owner.userId, idempotencyKey: null, targets });
  const made = await place.publications.ofBatch(owner.userId, batch);
  expect(new Set(made.map(({ scheduledAt }) => scheduledAt?.getTime())).size).toBe(2);

  owner = await place.account();
  await expect(scheduled('next_free_slot')).rejects.toMatchObject({
    code: 'unprocessable',
    details: { issues: [{ path: 'scheduled_at' }] },
  });
});

function weekdaysAt(time: string) {
  const times = [time];
  return {
    monday: times,
    tuesday: times,
    wednesday: times,
    thursday: times,
    friday: times,
    saturday: times,
    sunday: times,
  };
}
