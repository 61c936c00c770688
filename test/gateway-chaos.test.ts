/** A short slice of `npm run chaos -- gateway`: two API processes on stores of their own, in which everything is killed. */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { seeded } from '../dev/chaos/seeded.ts';
import { openRun } from '../dev/stack/index.ts';
import type { Run } from '../dev/stack/index.ts';
import { budgetRound } from './gateway-chaos/budget.ts';
import { flapping } from './gateway-chaos/flapping.ts';
import { lostHolds } from './gateway-chaos/lost-holds.ts';
import { outage } from './gateway-chaos/outages.ts';
import { chaosPlace } from './gateway-chaos/place.ts';
import type { ChaosPlace } from './gateway-chaos/place.ts';
import { storm } from './gateway-chaos/storm.ts';

let run: Run;
let place: ChaosPlace;
const COOL_DOWN_MS = 600;

beforeAll(async () => {
  const name = `gateway-chaos-${randomBytes(4).toString('hex')}`;
  run = await openRun({ dataDir: join(process.env['TEST_DATA_DIR'] ?? '.data/test', name) });
  const { S3_ENDPOINT = '', S3_ACCESS_KEY = '', S3_SECRET_KEY = '', TEMPORAL_ADDRESS = '' } = process.env;
  const env = { S3_ENDPOINT, S3_ACCESS_KEY, S3_SECRET_KEY, TEMPORAL_ADDRESS };
  const settings = { BREAKER_COOL_DOWN_MS: String(COOL_DOWN_MS), HOLD_LEASE_MS: '2000' };
  place = await chaosPlace({ run, env, settings });
});
afterAll(async () => {
  await place.close();
  await run.close();
});

test('200 concurrent requests through two processes never overspend a cap, fill it, and leave nothing refused falsely', async () => {
  for (const fits of [7, 20]) {
    const round = await budgetRound(place, { requests: 200, fits });
    expect(round).toEqual({ admitted: fits, expected: fits, overspent: false, refusedFalsely: false });
  }
});

test('ledger, counters and the provider’s journal agree after clients left, answers were cut and processes were ended', async () => {
  const seen = await storm(place, { requests: 600, connections: 16, ends: 4, random: seeded(7) });
  expect(seen.disagreements).toEqual([]);
  expect(seen).toMatchObject({ kills: 2, terminations: 2 });
  expect(seen.answered).toBeGreaterThan(100);
});

test('what a killed process held is settled when its lease ends, and nothing drifts', async () => {
  const { held, goneAfterMs, drift } = await lostHolds(place);
  expect(held).toBeGreaterThan(0);
  expect(goneAfterMs).toBeLessThan(60_000);
  expect(drift).toBe(0);
});

test('while Redis is away every call is a 503, and nothing is lost', async () => {
  const { statuses, disagreements } = await outage(place, 'redis');
  expect(disagreements).toEqual([]);
  expect(Object.keys(statuses).sort()).toEqual(['200', '503']);
});

test('while Postgres is away the proxy goes on, and nothing is lost', async () => {
  const { statuses, disagreements } = await outage(place, 'postgres');
  expect(disagreements).toEqual([]);
  expect(Object.keys(statuses)).toEqual(['200']);
});

test('over both processes a breaker opens once and probes once a cool-down; 400s never open one', async () => {
  const seen = await flapping(place, { coolDownMs: COOL_DOWN_MS, coolDowns: 2 });
  expect(seen).toMatchObject({ opened: 1, closed: 1, pickyIsClosed: true });
  expect(Math.abs(seen.probed - 3)).toBeLessThanOrEqual(1);
});
