import type { Redis } from 'ioredis';
import { AppError } from '../../errors.ts';
import { createRedisScript } from '../../infra/redis-script.ts';
import type { Caller } from './caller.ts';
import { holdSchema, scopesOf, usageKeys } from './hold.ts';
import type { Hold } from './hold.ts';
import { amountOf, periodOf } from './limits.ts';
import type { Periods } from './periods.ts';
import type { ReserveReply, ShardCalls, Standing } from './shard-calls.ts';
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

/**
 * Holds the worst case of one call on every scope at once, or on none. Asked again with the same request id while the
 * hold lives, answers that hold.
 * @returns a hold that `settle` ends; if this process dies, it is settled at its worst case after the lease.
 * @throws AppError `limit_exceeded` with the scope, the limit and the seconds to wait; `never_fits` when the call alone
 *   is larger than the limit
 * @throws AppError `limits_unavailable` when Redis does not answer: no call is free
 * @throws AppError `conflict` when the request id was settled before
 */
export async function reserve(calls: ShardCalls, call: PricedCall, terms: Terms): Promise<Reservation> {
  const hold = holdFor(call, terms);
  const { userLimits: user, keyLimits: key } = call.caller;
  const asked = { verb: 'reserve', hold, limits: { user, key }, leaseMs: terms.leaseMs } as const;
  let reply: ReserveReply;
  try {
    reply = await calls.reserve(usageKeys(hold.userId), asked);
  } catch (cause) {
    if (!hold.durable && mayBeDone(cause)) terms.unknown(hold);
    throw unavailable(cause);
  }
  switch (reply.verdict) {
    case 'held':
      return { hold: { ...hold, minute: reply.minute, epoch: reply.epoch }, standing: reply.standing };
    case 'stood': {
      const before = storedHold(reply.hold);
      if (before) return { hold: before.hold, standing: [] };
      throw new AppError('limits_unavailable', 'The hold of this request cannot be read.');
    }
    case 'settled':
      throw new AppError('conflict', 'This request has ended and was charged already.');
    case 'refused':
      throw refusal(reply, { call, terms });
  }
}

/** Keeps the hold of a running call alive for another lease of `owner`, who may have taken it over. */
export async function renew(redis: Redis, hold: Hold, { owner, leaseMs }: Lease): Promise<void> {
  const keys = usageKeys(hold.userId);
  const { requestId, tokens, costNanos, minute, periods, epoch } = hold;
  const counters = scopesOf(hold).map((scope) => scope.counters);
  const worst = [JSON.stringify(hold), tokens, costNanos, minute, periods.day, periods.week, periods.month, epoch];
  await available(
    renewScript(
      redis,
      [keys.holds, keys.leases, keys.epoch, keys.late, ...counters],
      [requestId, hold.durable ? requestId : owner, leaseMs, ...worst],
    ),
  );
}

/** The hold of a request that has not been settled. */
export async function holdOf(redis: Redis, { userId, requestId }: { userId: string; requestId: string }) {
  const text = await available(redis.hget(usageKeys(userId).holds, requestId));
  return text === null ? null : (storedHold(text)?.hold ?? null);
}

/** `owner` names a process; a durable hold is its own, because a workflow settles it in whichever process. */
export type Lease = { owner: string; leaseMs: number };

/** A hold as it stands in Redis: its owner, minute and epoch, and the rest as JSON. Null for what is none. */
export function storedHold(text: string): { owner: string; hold: Hold } | null {
  const [, owner = '', minute, epoch = '', json = ''] = /^(.*?)\|(\d+)\|(.*?)\|(.*)$/s.exec(text) ?? [];
  const parsed = holdSchema.safeParse(storedJson(json));
  return parsed.success ? { owner, hold: { ...parsed.data, minute: Number(minute), epoch } } : null;
}

export type Terms = {
  periods: Periods;
  now: Date;
  leaseMs: number;
  /** Told of a hold that may stand although its caller was refused, because Redis did not answer in time. */
  unknown: (hold: Hold) => void;
};

/** Whether a command that failed may have reached Redis: not while there is no connection. */
const mayBeDone = (error: unknown) => !(error instanceof Error && error.message.includes('enableOfflineQueue'));

/** @throws AppError `limits_unavailable` for whatever keeps Redis from answering */
export async function available<T>(reply: Promise<T>): Promise<T> {
  try {
    return await reply;
  } catch (cause) {
    throw unavailable(cause);
  }
}

const unavailable = (cause: unknown) =>
  new AppError('limits_unavailable', 'Limits cannot be checked at the moment.', { cause });

const shared = new URL('shared.lua', import.meta.url);
const renewScript = createRedisScript(shared, new URL('renew.lua', import.meta.url));

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
    epoch: '',
    durable,
  };
}

function refusal({ scope, limit, ...of }: Refused, { call, terms }: { call: PricedCall; terms: Terms }): AppError {
  const { periods, now } = terms;
  const period = periodOf(limit);
  const retryMs = period ? periods[period].endMs - now.getTime() : of.waitMs;
  const name = snakeCase(limit);
  return new AppError('limit_exceeded', `The limit ${name} of ${of.limitValue} is reached.`, {
    details: {
      scope,
      limit: name,
      limit_value: of.limitValue,
      current: of.current,
      retry_after_seconds: Math.max(1, Math.ceil(retryMs / 1000)),
      period_quota: period !== null,
      never_fits: amountOf(limit, call) > of.limitValue,
    },
  });
}

type Refused = Extract<ReserveReply, { verdict: 'refused' }>;

const snakeCase = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
