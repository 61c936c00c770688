import type { Redis } from 'ioredis';
import type { Caller } from './caller.ts';
import { readCounters } from './counters.ts';
import type { PeriodCounter } from './counters.ts';
import { usageKeys } from './hold.ts';
import type { Limits } from './limits.ts';
import type { PeriodName, Periods } from './periods.ts';
import { shareOf } from './share.ts';
import type { Share } from './share.ts';

export type Quota = { daily: QuotaPeriod; weekly: QuotaPeriod; monthly: QuotaPeriod };
/** Tokens, and beside them the cost in nano-dollars. */
export type QuotaPeriod = Share & { cost_nanos: Share };

/**
 * What is used of the running periods as the limits count it: calls under way are in it at their worst case. Where the
 * key has a limit of its own and less is left of it than of the user's, it is the key's that is shown.
 * @throws AppError `limits_unavailable`
 */
export async function readQuota(redis: Redis, caller: Caller, periods: Periods): Promise<Quota> {
  const { scope } = usageKeys(caller.userId);
  const scopes = caller.keyId === null ? [scope(caller.userId)] : [scope(caller.userId), scope(caller.keyId)];
  const [ofUser, ofKey] = await readCounters(redis, scopes);

  const narrowest = (limit: keyof Limits, used: Record<'user' | 'key', number>) =>
    nearest(shareOf(used.user, caller.userLimits[limit]), shareOf(used.key, caller.keyLimits[limit]));
  const period = (name: PeriodName): QuotaPeriod => {
    const { tokens, costNanos } = limitNames[name];
    const user = current(ofUser?.periods[name], periods[name].key);
    const key = current(ofKey?.periods[name], periods[name].key);
    return {
      ...narrowest(tokens, { user: user.tokens, key: key.tokens }),
      cost_nanos: narrowest(costNanos, { user: user.costNanos, key: key.costNanos }),
    };
  };
  return { daily: period('day'), weekly: period('week'), monthly: period('month') };
}

const limitNames = {
  day: { tokens: 'tokensPerDay', costNanos: 'costNanosPerDay' },
  week: { tokens: 'tokensPerWeek', costNanos: 'costNanosPerWeek' },
  month: { tokens: 'tokensPerMonth', costNanos: 'costNanosPerMonth' },
} as const satisfies Record<PeriodName, Record<'tokens' | 'costNanos', keyof Limits>>;

/** Counters of a period that is over say nothing of the one that runs. */
const current = (counter: PeriodCounter | undefined, key: string) =>
  counter?.key === key ? counter : { tokens: 0, costNanos: 0 };

const nearest = (user: Share, key: Share): Share =>
  key.remaining !== null && key.remaining < (user.remaining ?? Infinity) ? key : user;
