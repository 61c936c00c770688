import type { Redis } from 'ioredis';
import { z } from 'zod';
import { AppError } from '../../errors.ts';
import { createRedisScript } from '../../infra/redis-script.ts';
import type { Caller } from './caller.ts';
import { decodeHold, encodeHold, scopesOf, usageKeys } from './hold.ts';
import type { Hold, Scope } from './hold.ts';
import { limitNames } from './limits.ts';
import type { LimitName } from './limits.ts';
import type { Periods } from './periods.ts';

/** A call and the most it can use. The request id must be the server's own: whoever chooses it chooses what is charged once. */
export type PricedCall = { requestId: string; caller: Caller; tokens: number; costNanos: number };

/**
 * Holds the worst case of one call on every scope at once, or on none. Asked again with the same request id while the
 * hold lives, answers that hold.
 * @returns a hold that `settle` ends; if this process dies, the hold ends by itself after `leaseMs`.
 * @throws AppError `limit_exceeded` with the scope, the limit and the seconds to wait; `never_fits` when the call alone
 *   is larger than the limit
 * @throws AppError `limits_unavailable` when Redis does not answer: no call is free
 * @throws AppError `conflict` when the request id was settled before
 */
export async function reserve(redis: Redis, call: PricedCall, terms: Terms): Promise<Hold> {
  const hold = holdFor(call, terms);
  const scopes = scopesOf(hold);
  const keys = usageKeys(hold.userId);
  const reply = await available(
    reserveScript(
      redis,
      [keys.holds, keys.settled(hold.requestId), ...scopes.flatMap((scope) => scope.keys)],
      [hold.requestId, terms.leaseMs, encodeHold(hold), ...scopes.flatMap((scope) => scopeArgs(scope, call.caller))],
    ),
  );
  const [verdict, ...rest] = z.array(z.string()).parse(reply);
  if (verdict === 'held') return decodeHold(hold, rest[0] ?? '');
  if (verdict === 'settled') throw new AppError('conflict', 'This request has ended and was charged already.');
  throw refusal(rest.map(Number), scopes, { call, terms });
}

/** Keeps the hold of a running call alive for another lease. */
export async function renew(redis: Redis, hold: Hold, leaseMs: number): Promise<void> {
  const keys = usageKeys(hold.userId);
  const names = [keys.holds, keys.settled(hold.requestId)];
  await available(renewScript(redis, names, [hold.requestId, leaseMs, encodeHold(hold)]));
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
const reserveScript = createRedisScript(shared, new URL('reserve.lua', import.meta.url));
const renewScript = createRedisScript(shared, new URL('renew.lua', import.meta.url));

function holdFor({ requestId, caller, tokens, costNanos }: PricedCall, { periods, now }: Terms): Hold {
  return {
    requestId,
    userId: caller.userId,
    keyId: caller.keyId,
    tokens,
    costNanos,
    periods: { day: periods.day.key, week: periods.week.key, month: periods.month.key },
    reservedAtMs: now.getTime(),
  };
}

function scopeArgs({ name }: Scope, { keyId, keyLimits, userLimits }: Caller): (string | number)[] {
  const limits = name === 'key' ? keyLimits : userLimits;
  return [name === 'key' ? (keyId ?? '') : '', ...limitNames.map((limit) => limits[limit] ?? '')];
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

/** What one call takes of a limit. */
function amountOf(limit: LimitName, { tokens, costNanos }: PricedCall): number {
  if (limit.startsWith('tokens')) return tokens;
  return limit.startsWith('cost') ? costNanos : 1;
}

function periodOf(limit: LimitName) {
  if (limit.endsWith('Day')) return 'day';
  if (limit.endsWith('Week')) return 'week';
  return limit.endsWith('Month') ? 'month' : null;
}

const snakeCase = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
