import type { Redis } from 'ioredis';
import { newId } from '../../infra/ids.ts';
import { createRedisScript } from '../../infra/redis-script.ts';
import { scopesOf } from './hold.ts';
import type { Hold, Scope, ScopeName, ShardKeys } from './hold.ts';
import { limitNames, noLimits } from './limits.ts';
import type { LimitName, Limits } from './limits.ts';
import { createTurnBatch } from './turn-batch.ts';
import type { AtTurnsEnd } from './turns.ts';

/** What a scope's limits are, and what of them was taken when a call was held. */
export type Standing = {
  scope: ScopeName;
  limits: Limits;
  /** In the order of `limitNames`, and 0 where there is no limit; with the calls of the same moment. */
  used: number[];
};

export type ReserveCall = { verb: 'reserve'; hold: Hold; limits: Record<ScopeName, Limits>; leaseMs: number };

export type SettleCall = {
  verb: 'settle';
  hold: Hold;
  tokens: number;
  costNanos: number;
  /** Null for a call that was not made. */
  event: string | null;
  /** Settles only when the lease of this owner has ended. */
  expiredOwner: string | null;
};

export type ReserveReply =
  | { verdict: 'held'; minute: number; epoch: string; standing: Standing[] }
  | { verdict: 'stood'; hold: string }
  | { verdict: 'settled' }
  | { verdict: 'refused'; scope: ScopeName; limit: LimitName; limitValue: number; current: number; waitMs: number };

export type ShardCalls = {
  reserve(keys: ShardKeys, call: ReserveCall): Promise<ReserveReply>;
  /** @returns whether this call did it */
  settle(keys: ShardKeys, call: SettleCall): Promise<boolean>;
};

/**
 * Reservations and settlements by the scripts `reserve.lua` and `settle.lua`, those of one shard and one turn in one go.
 * @param owner whose lease all holds of this process live by
 */
export function createShardCalls({ redis, atTurnsEnd, owner, leaseMs }: ShardCallOptions): ShardCalls {
  const ask = createTurnBatch(atTurnsEnd, async (keys: ShardKeys, calls: readonly ShardCall[]) => {
    const batch = new Batch(keys);
    const coded = calls.map((call) => (call.verb === 'reserve' ? batch.reserve(call) : batch.settle(call)));
    const told = JSON.stringify({ owner, new_epoch: newId('epo'), lease_ms: leaseMs, ...batch.tables(), calls: coded });
    return batch.replies(calls, await batchScript(redis, batch.keys, [told, ...batch.texts]));
  });
  return {
    reserve: (keys, call) => ask(keys, call).then(asReserved),
    settle: (keys, call) => ask(keys, call).then((reply) => reply === 1),
  };
}

function asReserved(reply: Reply): ReserveReply {
  if (typeof reply === 'number') throw new Error('a reservation was answered like a settlement');
  return reply;
}

export type ShardCallOptions = { redis: Redis; atTurnsEnd: AtTurnsEnd; owner: string; leaseMs: number };
type ShardCall = ReserveCall | SettleCall;
type Reply = ReserveReply | number;

const batchScript = createRedisScript(
  ...['shared', 'batch-begin', 'reserve', 'settle', 'batch-end'].map((name) => new URL(`${name}.lua`, import.meta.url)),
);

/** The calls of one script, coded as numbers and short lists as the scripts describe them; what repeats is said once. */
class Batch {
  readonly keys: string[];
  /** The second argument of the script and those after it. */
  readonly texts: string[] = [];
  readonly #shard: ShardKeys;
  readonly #payers: Payer[] = [];
  readonly #payerOf = new Map<string, number>();
  readonly #periods: Hold['periods'][] = [];
  /** Of each reservation. */
  readonly #payersOf = new Map<ShardCall, number[]>();

  constructor(shard: ShardKeys) {
    this.#shard = shard;
    this.keys = [shard.holds, shard.leases, shard.events, shard.epoch, shard.late];
  }

  tables() {
    return {
      periods: this.#periods.map(({ day, week, month }) => [day, week, month]),
      payers: this.#payers.map(({ key, limited, values }) => ({ key, limited, limits: values })),
    };
  }

  reserve(reservation: ReserveCall): unknown[] {
    const { hold, limits, leaseMs } = reservation;
    const { requestId, tokens, costNanos, durable } = hold;
    const payers = scopesOf(hold).map((scope) => this.#payer(scope, limits[scope.name]));
    this.#payersOf.set(reservation, payers);
    const call = [0, requestId, this.#text(JSON.stringify(hold)), tokens, costNanos, this.#periodsOf(hold), payers];
    if (durable) call.push(this.#marker(requestId), leaseMs);
    else call.push(0);
    return call;
  }

  settle({ hold, tokens, costNanos, event, expiredOwner }: SettleCall): unknown[] {
    const { requestId, minute, epoch, durable } = hold;
    const payers = scopesOf(hold).map((scope) => this.#payer(scope, null));
    const held = [1, requestId, hold.tokens, hold.costNanos, minute, this.#periodsOf(hold), epoch];
    const call = [...held, tokens, costNanos, event === null ? 0 : this.#text(event), payers];
    if (durable) call.push(this.#marker(requestId), MARKER_SECONDS);
    else call.push(0, 0);
    if (expiredOwner !== null) call.push(expiredOwner);
    return call;
  }

  replies(calls: readonly ShardCall[], answer: unknown): (Reply | Error)[] {
    const [minute, epoch, replies, ...counted] = listOf(answer);
    const standings = this.#payers.map((payer, at) => standingOf(payer, listOf(counted[at])));
    const all = listOf(replies);
    const shared = new Map<string, Standing[]>();
    return calls.map((call, at) => {
      const reply = all[at];
      if (Array.isArray(reply) && reply[0] === 'error') return new Error(String(reply[1]));
      if (call.verb === 'settle') return Number(reply);
      if (reply !== 1) return notHeld(reply, call.hold);
      const payers = this.#payersOf.get(call) ?? [];
      const standing = shared.get(payers.join()) ?? payers.flatMap((number) => standings[number - 1] ?? []);
      shared.set(payers.join(), standing);
      return { verdict: 'held', minute: Number(minute), epoch: String(epoch), standing };
    });
  }

  /** Numbers as Lua counts. Of a scope that settles, limits do not matter. */
  #payer({ name, counters }: Scope, limits: Limits | null): number {
    const known = this.#payerOf.get(counters);
    const before = known === undefined ? undefined : this.#payers[known - 1];
    if (known !== undefined && (limits === null || before?.limits === limits)) return known;
    const key = before?.key ?? this.keys.push(counters);
    const limited = limitNames.flatMap((limit, at) => ((limits?.[limit] ?? null) === null ? [] : [at + 1]));
    const values = limitNames.flatMap((limit) => limits?.[limit] ?? []);
    const number = this.#payers.push({ scope: name, limits, limited, values, key });
    this.#payerOf.set(counters, number);
    return number;
  }

  #periodsOf({ periods }: Hold): number {
    const known = this.#periods.findIndex(({ day, week }) => day === periods.day && week === periods.week);
    return known >= 0 ? known + 1 : this.#periods.push(periods);
  }

  #marker(requestId: string): number {
    return this.keys.push(this.#shard.settled(requestId));
  }

  #text(text: string): number {
    return this.texts.push(text) + 1;
  }
}

/** A workflow may ask for a reservation again for as long as it is retried. */
const MARKER_SECONDS = 2 * 86_400;

type Payer = {
  scope: ScopeName;
  /** Null where none are asked for. */
  limits: Limits | null;
  /** Numbers of the limits that there are, and their values. */
  limited: number[];
  values: number[];
  /** The number of its counters. */
  key: number;
};

function standingOf({ scope, limits, limited }: Payer, counted: unknown[]): Standing {
  const used = limitNames.map(() => 0);
  for (const [at, number] of limited.entries()) used[number - 1] = Number(counted[at]);
  return { scope, limits: limits ?? noLimits, used };
}

function notHeld(reply: unknown, hold: Hold): ReserveReply {
  if (reply === 'settled') return { verdict: 'settled' };
  const [first, ...rest] = listOf(reply);
  if (first === 'stood') return { verdict: 'stood', hold: String(rest[0]) };
  const [limit = 1, limitValue = 0, current = 0, waitMs = -1] = rest.map(Number);
  const scope = scopesOf(hold)[Number(first) - 1]?.name ?? 'user';
  return {
    verdict: 'refused',
    scope,
    limit: limitNames[limit - 1] ?? 'concurrentRequests',
    limitValue,
    current,
    waitMs,
  };
}

const listOf = (reply: unknown): unknown[] => (Array.isArray(reply) ? reply : []);
