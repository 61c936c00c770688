import type { Redis } from 'ioredis';
import { AppError } from '../../errors.ts';
import { createRedisScript } from '../../infra/redis-script.ts';
import type { RunCall } from './call-batch.ts';
import type { Caller } from './caller.ts';
import { holdSchema, scopesOf, usageKeys } from './hold.ts';
import type { Hold, Scope } from './hold.ts';
import { amountOf, limitNames, noLimits, periodOf } from './limits.ts';
import type { Limits } from './limits.ts';
import type { Periods } from './periods.ts';
import { storedJson } from './stored-json.ts';

/** A call and the most it can use. The request id must be the server's own: whoever chooses it chooses what is charged once. */
export type PricedCall = {
  requestId: string;
  caller: Caller;
  operation: string;
  /** The model or group that was asked for. */
  model: string;
  inputTokens: number;
  /** In and out, at worst. */
  tokens: number;
  costNanos: number;
  /** Whether a workflow settles it, in its own time. */
  durable?: boolean;
};

/** A hold, and how much of the caller's limits was taken when it was made; none for a hold that stood already. */
export type Reservation = { hold: Hold; standing: Standing[] };
/** `used` is in the order of `limitNames`, and 0 where there is no limit. */
export type Standing = { scope: Scope['name']; limits: Limits; used: number[] };

/**
 * Holds the worst case of one call on every scope at once, or on none. Asked again with the same request id while the
 * hold lives, answers that hold.
 * @returns a hold that `settle` ends; if this process dies, it is settled at its worst case after the lease.
 * @throws AppError `limit_exceeded` with the scope, the limit and the seconds to wait; `never_fits` when the call alone
 *   is larger than the limit
 * @throws AppError `limits_unavailable` when Redis does not answer: no call is free
 * @throws AppError `conflict` when the request id was settled before
 */
export async function reserve(run: RunCall, call: PricedCall, terms: Terms): Promise<Reservation> {
  const hold = holdFor(call, terms);
  const { userId, requestId, tokens, costNanos, periods } = hold;
  const scopes = scopesOf(hold);
  const limits = scopes.map(({ name }) => (name === 'key' ? call.caller.keyLimits : call.caller.userLimits));
  const keys = usageKeys(userId);
  const reply = await available(
    run({
      verb: 'reserve',
      keys: [keys.holds, keys.leases, keys.settled(requestId), ...scopes.map(({ counters }) => counters)],
      args: [
        requestId,
        terms.leaseMs,
        JSON.stringify(hold),
        tokens,
        costNanos,
        periods.day,
        periods.week,
        periods.month,
        hold.durable ? 1 : 0, // only what a workflow repeats can come with the same id again
        ...limits.flatMap(limitArgs),
      ],
    }),
  );
  const [verdict, minute, ...rest] = listOf(reply);
  if (verdict === 'settled') throw new AppError('conflict', 'This request has ended and was charged already.');
  if (verdict === 'refused') throw refusal([minute, ...rest].map(Number), scopes, { call, terms });
  const [stood, ...counts] = rest;
  const before = typeof stood === 'string' && stood !== '' ? storedHold(stood) : null;
  if (before) return { hold: before, standing: [] };
  const used = counts.values();
  const standing = scopes.map(({ name }, at) => standingOf(name, limits[at] ?? noLimits, used));
  return { hold: { ...hold, minute: Number(minute) }, standing };
}

/** Keeps the hold of a running call alive for another lease. */
export async function renew(redis: Redis, hold: Hold, leaseMs: number): Promise<void> {
  const keys = usageKeys(hold.userId);
  const { requestId, tokens, costNanos, minute, periods } = hold;
  const counters = scopesOf(hold).map((scope) => scope.counters);
  await available(
    renewScript(
      redis,
      [keys.holds, keys.leases, keys.settled(requestId), ...counters],
      [requestId, leaseMs, JSON.stringify(hold), tokens, costNanos, minute, periods.day, periods.week, periods.month],
    ),
  );
}

/** A hold as it stands in Redis: the minute of its reservation, and the rest as JSON. Null for what is none. */
export function storedHold(text: string): Hold | null {
  const bar = text.indexOf('|');
  const parsed = holdSchema.safeParse(storedJson(text.slice(bar + 1)));
  return parsed.success ? { ...parsed.data, minute: Number(text.slice(0, bar)) } : null;
}

export type Terms = { periods: Periods; now: Date; leaseMs: number };

/** @throws AppError `limits_unavailable` for whatever keeps Redis from answering */
export async function available<T>(reply: Promise<T>): Promise<T> {
  try {
    return await reply;
  } catch (cause) {
    throw new AppError('limits_unavailable', 'Limits cannot be checked at the moment.', { cause });
  }
}

const shared = new URL('shared.lua', import.meta.url);
const renewScript = createRedisScript(shared, new URL('renew.lua', import.meta.url));

const limitArgs = (limits: Limits) => limitNames.map((name) => limits[name] ?? '');

/** Only what has a limit is told. */
function standingOf(scope: Scope['name'], limits: Limits, told: Iterator<unknown>): Standing {
  return { scope, limits, used: limitNames.map((name) => (limits[name] === null ? 0 : Number(told.next().value))) };
}

const listOf = (reply: unknown): unknown[] => (Array.isArray(reply) ? reply : []);

function holdFor(call: PricedCall, { periods, now }: Terms): Hold {
  const { requestId, caller, operation, model, inputTokens, tokens, costNanos, durable = false } = call;
  return {
    requestId,
    userId: caller.userId,
    keyId: caller.keyId,
    operation,
    model,
    inputTokens,
    tokens,
    costNanos,
    periods: { day: periods.day.key, week: periods.week.key, month: periods.month.key },
    reservedAtMs: now.getTime(),
    minute: 0,
    durable,
  };
}

function refusal(reply: number[], scopes: Scope[], { call, terms }: { call: PricedCall; terms: Terms }): AppError {
  const { periods, now } = terms;
  const [scopeNumber = 1, limitNumber = 1, limitValue = 0, current = 0, waitMs = -1] = reply;
  const limit = limitNames[limitNumber - 1] ?? 'concurrentRequests';
  const period = periodOf(limit);
  const retryMs = period ? periods[period].endMs - now.getTime() : waitMs;
  const name = snakeCase(limit);
  return new AppError('limit_exceeded', `The limit ${name} of ${limitValue} is reached.`, {
    details: {
      scope: scopes[scopeNumber - 1]?.name,
      limit: name,
      limit_value: limitValue,
      current,
      retry_after_seconds: Math.max(1, Math.ceil(retryMs / 1000)),
      period_quota: period !== null,
      never_fits: amountOf(limit, call) > limitValue,
    },
  });
}

const snakeCase = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
