import { beforeEach, expect, test } from '@jest/globals';
import { createLogger } from '../../infra/logger.ts';
import { createWorkerLife } from './worker-life.ts';
import type { WorkerOrder, WorkerReport } from './worker-report.ts';

type Session = WorkerReport['sessions'][number];
let nowMs: number;
let order: WorkerOrder | null;
let jobs: number;
let sessions: Session[];
/** What the browser holds before and after each thing that frees some. */
let memory: number[];
let recycles: number;
let reports: WorkerReport[];

beforeEach(() => {
  [nowMs, order, jobs, sessions, memory, recycles, reports] = [0, null, 0, [], [100], 0, []];
});

const held = (accountId: string, usedAtMs: number): Session => {
  return { accountId, openedAtMs: 0, usedAtMs, uses: 1, isAtWork: false };
};
const life = () =>
  createWorkerLife({
    workerId: 'w1',
    slots: 4,
    self: { host: 'h', pid: 1, version: '1' },
    atWork: new Set(),
    getReady: async () => undefined,
    pool: {
      sweep: async () => undefined,
      async endResting(isMeant) {
        const unused = {
          page: () => Promise.reject(new Error('unused')),
          holds: () => true,
          isAlive: () => true,
          browserGone: new AbortController().signal,
        };
        const ends = { rest: async () => undefined, close: async () => undefined };
        sessions = sessions.filter((session) => session.isAtWork || !isMeant({ ...session, ...unused, ...ends }));
      },
      async recycle() {
        recycles += 1;
      },
      sessions: () => sessions,
      jobs: () => jobs,
      accountIds: () => sessions.map(({ accountId }) => accountId),
    },
    registry: {
      async beat({ report }) {
        reports.push(report);
        return order;
      },
      async finishRestart() {
        order = null;
      },
      leave: async () => undefined,
    },
    egress: { denied: () => ({ blocked: 0, refused: 0 }) },
    memory: async () => memory.shift() ?? 0,
    memoryLimitBytes: 1_000,
    now: () => nowMs,
    logger: createLogger({ level: 'silent', name: 'test' }),
  });

test('a drained worker ends what rests, and not what was used just now: its click may be on the way', async () => {
  sessions = [held('old', 0), held('fresh', 9_000)];
  nowMs = 10_000;
  order = 'drain';
  const { beat } = life();
  await beat();
  expect(sessions.map(({ accountId }) => accountId)).toEqual(['fresh']);
  nowMs = 14_000;
  await beat();
  expect(sessions).toEqual([]);
  expect(recycles).toBe(0);
  expect(order).toBe('drain');
});

test('a restarted worker has a new browser once nothing is at work, and then takes sessions again', async () => {
  sessions = [{ ...held('busy', 0), isAtWork: true }];
  jobs = 1;
  nowMs = 10_000;
  order = 'restart';
  const { beat } = life();
  await beat();
  expect(recycles).toBe(0);
  [sessions, jobs] = [[], 0];
  await beat();
  expect([recycles, order]).toEqual([1, null]);
  await beat();
  expect(reports.at(-1)).toMatchObject({ recycled: 1 });
});

test('too much memory ends the sessions that rest, and no more when that is enough', async () => {
  sessions = [held('resting', 0)];
  memory = [1_001, 900];
  await life().keepWithinMemory();
  expect([sessions.length, recycles]).toEqual([0, 0]);
});

test('when that is not enough, the browser is started anew', async () => {
  sessions = [{ ...held('busy', 0), isAtWork: true }];
  memory = [1_500, 1_400];
  await life().keepWithinMemory();
  expect([sessions.length, recycles]).toEqual([1, 1]);
});

test('memory within its limit, or that nobody can measure, ends nothing', async () => {
  sessions = [held('resting', 0)];
  memory = [1_000];
  const { keepWithinMemory } = life();
  await keepWithinMemory();
  expect([sessions.length, recycles]).toEqual([1, 0]);
});
