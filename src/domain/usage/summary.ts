import { z } from 'zod';
import type { Database } from '../../infra/database.ts';
import { callerOf } from './caller.ts';
import type { Period, PeriodName } from './periods.ts';
import { shareOf } from './share.ts';

/** Dates are local dates in the configured timezone, `end_date` is the period's last one. Limits are in tokens. */
export type UsageSummary = {
  period: PeriodName;
  start_date: string;
  end_date: string;
  total_tokens: number;
  total_cost_nanos: number;
  request_count: number;
  limit: number | null;
  remaining: number | null;
  usage_percentage: number;
};

/**
 * What a user has used of a running period.
 * @throws AppError `not_found` for an unknown user
 */
export async function summarize({ database, userId, period: { name, of } }: Question): Promise<UsageSummary> {
  const { userLimits } = await callerOf(database, { userId, keyId: null });
  const given = [userId, new Date(of.startMs), new Date(of.endMs)];
  const [row]: unknown[] = await database.em.fork().execute(totals, given);
  const { tokens, cost, requests } = totalsRow.parse(row);
  const { limit, remaining, percentage } = shareOf(tokens, userLimits[tokenLimits[name]]);
  return {
    period: name,
    start_date: of.startDate,
    end_date: of.endDate,
    total_tokens: tokens,
    total_cost_nanos: cost,
    request_count: requests,
    limit,
    remaining,
    usage_percentage: percentage,
  };
}

type Question = { database: Database; userId: string; period: { name: PeriodName; of: Period } };

const tokenLimits = { day: 'tokensPerDay', week: 'tokensPerWeek', month: 'tokensPerMonth' } as const;

const totals = `
  select coalesce(sum(input_tokens::bigint + output_tokens), 0) as tokens, coalesce(sum(cost_nanos), 0) as cost,
    count(*) as requests from usage_records where user_id = ? and created_at >= ? and created_at < ?`;

const sum = z.coerce.number();
const totalsRow = z.object({ tokens: sum, cost: sum, requests: sum });
