import { UsageRecord } from '../../src/entities/usage-record.ts';
import { until } from '../../dev/stack/until.ts';
import { readCounters } from '../../src/domain/usage/counters.ts';
import { shards, usageKeys } from '../../src/domain/usage/hold.ts';
import { INPUT_TOKENS } from './journal-upstream.ts';
import { costOf } from './ask.ts';
import type { ChaosPlace, Key } from './place.ts';

/** What ledger, counters and the provider's journal say of one user, and where they do not agree; empty is good. */
export type Books = { rows: number; flagged: number; arrived: number; disagreements: string[] };

/** Waits until no hold is left and every event is in Postgres, then compares. */
export async function audit(place: ChaosPlace, key: Key, numbers: ReadonlySet<number>): Promise<Books> {
  await settled(place);
  const rows = await place.services.database.em.fork().find(UsageRecord, { userId: key.userId });
  const flagged = rows.filter(({ estimated }) => estimated);
  const exact = rows.filter(({ estimated, success }) => !estimated && success);
  const entries = place.upstream.journal.filter(({ number }) => numbers.has(number));
  const complete = new Set(entries.filter(({ end }) => end === 'complete').map(({ number }) => number));
  const disagreements: string[] = [];

  const arrived = new Set(entries.map(({ number }) => number)).size;
  if (rows.length < arrived) disagreements.push(`${arrived} requests reached the provider, ${rows.length} rows`);
  if (rows.length > numbers.size) disagreements.push(`${numbers.size} requests were made, ${rows.length} rows`);
  const told = exact.map(({ outputTokens }) => outputTokens);
  if (new Set(told).size !== told.length) disagreements.push('an answer was charged twice');
  for (const { outputTokens, inputTokens, costNanos } of exact) {
    if (!complete.has(outputTokens)) disagreements.push(`a row tells of ${outputTokens}, which never was completed`);
    if (inputTokens !== INPUT_TOKENS || costNanos !== costOf(outputTokens)) {
      disagreements.push(`${outputTokens} was charged ${costNanos}`);
    }
  }
  const spent = { tokens: 0, costNanos: 0 };
  for (const { inputTokens, outputTokens, costNanos } of rows) {
    spent.tokens += inputTokens + outputTokens;
    spent.costNanos += costNanos;
  }
  const counted = await counters(place, key.userId);
  if (counted.tokens !== spent.tokens) disagreements.push(`counter ${counted.tokens}, rows ${spent.tokens} tokens`);
  if (counted.costNanos !== spent.costNanos)
    disagreements.push(`counter ${counted.costNanos}, rows ${spent.costNanos}`);
  if (counted.running !== 0) disagreements.push(`${counted.running} holds are left`);
  return { rows: rows.length, flagged: flagged.length, arrived, disagreements };
}

/** The longest that a hold may outlive its process. */
export const LONGEST_HOLD_MS = 60_000;

/** @returns how long it took until no hold was left */
export async function settled({ services: { usage, redis } }: ChaosPlace): Promise<number> {
  const began = performance.now();
  const none = async () => {
    await usage.settleLostHolds();
    const open = await Promise.all(holds.map((key) => redis.hlen(key)));
    return open.every((count) => count === 0);
  };
  if (!(await until(none, { timeoutMs: LONGEST_HOLD_MS, everyMs: 100 }))) throw new Error('holds are left');
  const tookMs = performance.now() - began;
  const written = async () => {
    const lengths = await Promise.all(streams.map((key) => redis.xlen(key)));
    return lengths.every((length) => length === 0);
  };
  if (!(await until(written, { timeoutMs: 60_000, everyMs: 100 }))) throw new Error('usage events are left');
  return tookMs;
}

const holds = shards.map((shard) => shard.holds);
const streams = shards.map((shard) => shard.events);

async function counters({ services: { redis } }: ChaosPlace, userId: string) {
  const [found] = await readCounters(redis, [usageKeys(userId).scope(userId)]);
  const { tokens = 0, costNanos = 0 } = found?.periods.month ?? {};
  return { tokens, costNanos, running: found?.running ?? 0 };
}
