import { randomBytes } from 'node:crypto';
import { tsToMs } from '@temporalio/common/lib/time.js';
import { until } from '../../dev/stack/until.ts';
import { Publication } from '../../src/entities/publication.ts';
import type { Database } from '../../src/infra/database.ts';
import { publishWorkflowId } from '../../src/workflows/ids.ts';
import { turnsPlace } from './turns-place.ts';
import type { Job, TurnsPlace } from './turns-place.ts';
import { newAccounts, newPublications } from './turns-rows.ts';
import type { NewRow, PacedAccount } from './turns-rows.ts';

export type TurnsOptions = { jobs: number; accounts: number; workers: number; namespace?: string };
export type Line = { seen: string; holds: boolean };

const JOB_MS = 60;
const GAP = { minGapMs: 300, perDay: null, jitterMs: 200 };

/**
 * All jobs are due at once. Of five accounts one keeps a gap and one may publish only four fifths of what it has, so that the
 * rest has to wait for tomorrow.
 */
export async function turns({ jobs, accounts, workers, namespace = newNamespace() }: TurnsOptions): Promise<Line> {
  const place = await turnsPlace({ namespace, workers, slots: 4, jobMs: JOB_MS });
  try {
    const cap = Math.floor((jobs / accounts) * 0.8);
    const own = await newAccounts(
      place.database,
      accounts,
      (at) => [GAP, { ...GAP, minGapMs: 0, jitterMs: 0, perDay: cap }][at % 5] ?? null,
    );
    const rows = await newPublications(place.database, own, { count: jobs });
    const startedMs = Date.now();
    await startAll(place, rows);
    const expected = rows.length - leftOver(own, rows);
    await until(async () => place.jobs.length >= expected, { timeoutMs: 60_000 + jobs * 1_000, everyMs: 100 });
    const perSecond = jobs / ((Date.now() - startedMs) / 1000);
    await until(async () => (await published(place.database)) >= expected, { timeoutMs: 60_000, everyMs: 100 });
    const wrong = {
      overlaps: overlaps(place.jobs),
      twice: place.jobs.length - new Set(place.jobs.map(({ publicationId }) => publicationId)).size,
      lost: expected - (await published(place.database)),
      hurried: await hurried(place.database, own),
      overCap: Math.max(0, (await published(place.database)) - expected),
    };
    const holds = Object.values(wrong).every((count) => count === 0);
    return { seen: `${JSON.stringify(wrong)}, ${perSecond.toFixed(1)} jobs/s`, holds };
  } finally {
    await place.close();
  }
}

export type FairnessOptions = TurnsOptions & { jobMs?: number; guests?: number };
/** `isFair` counts jobs, and so says the same on a machine that has no time. */
export type Fairness = { isFair: boolean };

/**
 * One user has many jobs over many accounts, and their runs wait; then others come with one job each, one after the other.
 * Each of them may wait for as long as two jobs take, so that on every slot at most two others may be let in before.
 */
export async function fairness(options: FairnessOptions): Promise<Line & Fairness> {
  const { jobs, accounts, workers, jobMs = 5_000, guests = 5, namespace = newNamespace() } = options;
  const place = await turnsPlace({ namespace, workers, slots: SLOTS, jobMs });
  try {
    const rows = await newPublications(place.database, await newAccounts(place.database, accounts), { count: jobs });
    await startAll(place, rows);
    await until(async () => (await notStarted(place.database)) === 0, { timeoutMs: 120_000, everyMs: 50 });
    const waits: Wait[] = [];
    for (let guest = 0; guest < guests; guest += 1) {
      const [row] = await newPublications(place.database, await newAccounts(place.database, 1), { count: 1 });
      if (row) waits.push(await waitOf(place, row));
    }
    const behind = rows.length - (place.begun.size - guests);
    const jobTimes = waits.map(({ ms }) => ms / meanMs(place.jobs));
    const forSlot = waits.map(({ forSlotMs }) => forSlotMs / meanMs(place.jobs));
    const mostBefore = Math.max(...waits.map(({ before }) => before));
    const isFair = mostBefore <= 2 * workers * SLOTS && behind > workers * SLOTS;
    const seen = `waited ${shown(jobTimes)} job times, of these ${shown(forSlot)} for a slot, at most ${mostBefore} others got one before, ${behind} did not`;
    return { seen, holds: isFair && Math.max(...jobTimes) <= 2, isFair };
  } finally {
    await place.close();
  }
}

const SLOTS = 2;

const shown = (times: readonly number[]) => times.map((time) => time.toFixed(2)).join(', ');

/** Until its job began: in all, and for a slot alone, with the number of others that were given one meanwhile. */
type Wait = { ms: number; forSlotMs: number; before: number };

async function waitOf(place: TurnsPlace, row: NewRow): Promise<Wait> {
  const askedMs = Date.now();
  await place.work.begin(row);
  await until(() => place.begun.has(row.id), { timeoutMs: 120_000, everyMs: 10 });
  const begunMs = place.begun.get(row.id) ?? Infinity;
  const wantedMs = await reservedSince(place, row.id);
  const given = place.reserved.findIndex(({ accountId }) => accountId === row.accountId);
  const before = place.reserved.slice(0, given).filter(({ atMs }) => atMs > wantedMs).length;
  return { ms: begunMs - askedMs, forSlotMs: begunMs - wantedMs, before };
}

/** When the publication's run asked for a browser. */
async function reservedSince({ temporal }: TurnsPlace, publicationId: string): Promise<number> {
  const { events } = await temporal.workflow.getHandle(publishWorkflowId(publicationId)).fetchHistory();
  const scheduled = events?.find(
    (event) => event.activityTaskScheduledEventAttributes?.activityType?.name === 'reserveSession',
  );
  return scheduled?.eventTime ? tsToMs(scheduled.eventTime) : 0;
}

const meanMs = (jobs: readonly Job[]) =>
  jobs.reduce((sum, { startedMs, endedMs }) => sum + endedMs - startedMs, 0) / jobs.length;

const newNamespace = () => `chaos-turns-${randomBytes(4).toString('hex')}`;

/** As the API does, thirty at a time. */
async function startAll(place: TurnsPlace, rows: readonly NewRow[]): Promise<void> {
  const waiting = rows.values();
  const starter = async () => {
    for (const row of waiting) await place.work.begin(row);
  };
  await Promise.all(Array.from({ length: 30 }, starter));
}

/** How many jobs the caps leave for tomorrow. */
function leftOver(accounts: readonly PacedAccount[], rows: readonly NewRow[]): number {
  const left = accounts.map(({ id, pace }) => {
    const own = rows.filter(({ accountId }) => accountId === id).length;
    return Math.max(0, own - (pace?.perDay ?? own));
  });
  return left.reduce((sum, one) => sum + one, 0);
}

const notStarted = (database: Database) => database.em.fork().count(Publication, { runStartedAt: null });

const published = (database: Database) => database.em.fork().count(Publication, { state: 'published' });

function overlaps(jobs: readonly Job[]): number {
  const byAccount = Map.groupBy(jobs, ({ accountId }) => accountId);
  return [...byAccount.values()].reduce((sum, own) => {
    const sorted = own.toSorted((a, b) => a.startedMs - b.startedMs);
    return sum + sorted.filter((job, at) => job.startedMs < (sorted[at - 1]?.endedMs ?? 0)).length;
  }, 0);
}

/** Commits that came before the gap was over. */
async function hurried(database: Database, accounts: readonly PacedAccount[]): Promise<number> {
  let count = 0;
  for (const { id: accountId, pace } of accounts) {
    const rows = await database.em.fork().find(Publication, { accountId, commitStartedAt: { $ne: null } });
    const times = rows.map(({ commitStartedAt }) => commitStartedAt?.getTime() ?? 0).sort((a, b) => a - b);
    count += times.filter((at, index) => at - (times[index - 1] ?? 0) < (pace?.minGapMs ?? 0)).length;
  }
  return count;
}
