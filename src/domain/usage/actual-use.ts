import type { Redis } from 'ioredis';
import { AppError } from '../../errors.ts';
import type { Database } from '../../infra/database.ts';
import type { Standings } from './counters.ts';
import { eventsIn } from './event-stream.ts';
import { usageKeys } from './hold.ts';
import type { Hold } from './hold.ts';
import { ledgerUse } from './ledger-use.ts';
import type { Payer } from './payers.ts';
import type { Periods } from './periods.ts';
import { storedHold } from './reservation.ts';
import { storedJson } from './stored-json.ts';
import { usageEventSchema } from './usage-event.ts';
import type { UsageEvent } from './usage-event.ts';

/** What was used of each period by one user, with one key or without. */
export type Use = { userId: string; keyId: string | null; day: Amount; week: Amount; month: Amount };
export type Amount = { tokens: number; costNanos: number };

export type Sources = { redis: Redis; database: Database; periods: Periods };

/**
 * What these users have used, whatever the counters say. A call moves from hold to event to ledger, so they are read in
 * this order: none is missed, and an event that is in the ledger already is known by its request id.
 * @returns the answer for one payer
 * @throws AppError `unavailable` while so many events wait that the ledger does not say much
 */
export async function actualUse({ redis, database, periods }: Sources, userIds: ReadonlySet<string>) {
  const shards = [...new Set([...userIds].map(usageKeys))];
  const ofThem = ({ userId }: { userId: string }) => userIds.has(userId);
  const holds = (await Promise.all(shards.map((keys) => liveHolds(redis, keys.holds)))).flat().filter(ofThem);
  const events = (await Promise.all(shards.map((keys) => waiting(redis, keys.events)))).flat().filter(ofThem);
  const known = events.map(({ requestId }) => requestId);
  const uses = [
    ...holds.map((hold) => useOfHold(hold, periods)),
    ...events.map((event) => useOfEvent(event, periods)),
    ...(await ledgerUse(database, { userIds, periods, without: known })),
  ];
  const usesOf = Map.groupBy(uses, ({ userId }) => userId);
  const holdsOf = Map.groupBy(holds, ({ userId }) => userId);

  return ({ userId, keyId }: Payer): Standings => {
    const isTheirs = (one: { keyId: string | null }) => keyId === null || one.keyId === keyId;
    const theirs = (usesOf.get(userId) ?? []).filter(isTheirs);
    const sum = (name: keyof Periods) => ({
      key: periods[name].key,
      tokens: theirs.reduce((all, use) => all + use[name].tokens, 0),
      costNanos: theirs.reduce((all, use) => all + use[name].costNanos, 0),
    });
    return {
      running: (holdsOf.get(userId) ?? []).filter(isTheirs).length,
      periods: { day: sum('day'), week: sum('week'), month: sum('month') },
    };
  };
}

async function liveHolds(redis: Redis, holds: string): Promise<Hold[]> {
  return (await redis.hvals(holds)).flatMap((text) => storedHold(text)?.hold ?? []);
}

async function waiting(redis: Redis, stream: string): Promise<UsageEvent[]> {
  const entries = await redis.xrange(stream, '-', '+', 'COUNT', MOST_WAITING);
  if (entries.length === MOST_WAITING) throw new AppError('unavailable', 'The ledger is far behind.');
  return entries.flatMap(([, fields]) => eventsIn(fields, ['event'])).flatMap(eventOf);
}

/** The ledger writes a hundred times as many in a second. */
const MOST_WAITING = 2_000;

/** What is no event is set aside by the ledger, and counts for nobody. */
function eventOf(text: string): UsageEvent[] {
  const parsed = usageEventSchema.safeParse(storedJson(text));
  return parsed.success ? [parsed.data] : [];
}

const useOfHold = ({ userId, keyId, tokens, costNanos, periods: of }: Hold, periods: Periods) =>
  useIn({ userId, keyId, tokens, costNanos }, (name) => of[name] === periods[name].key);

function useOfEvent({ userId, keyId, inputTokens, outputTokens, costNanos, createdAt }: UsageEvent, periods: Periods) {
  const atMs = Date.parse(createdAt);
  const isWithin = (name: keyof Periods) => atMs >= periods[name].startMs && atMs < periods[name].endMs;
  return useIn({ userId, keyId, tokens: inputTokens + outputTokens, costNanos }, isWithin);
}

type Whole = Pick<Use, 'userId' | 'keyId'> & Amount;

function useIn({ userId, keyId, tokens, costNanos }: Whole, isWithin: (name: keyof Periods) => boolean): Use {
  const amount = (name: keyof Periods) => (isWithin(name) ? { tokens, costNanos } : none);
  return { userId, keyId, day: amount('day'), week: amount('week'), month: amount('month') };
}

const none: Amount = { tokens: 0, costNanos: 0 };
