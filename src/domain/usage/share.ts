/** How much of a limit is used. Without a limit nothing remains to be counted down: `remaining` is null, not infinite. */
export type Share = { used: number; limit: number | null; remaining: number | null; percentage: number };

/** Percentages have two decimals; without a limit they are 0, and under a limit of 0 they are 100. */
export function shareOf(used: number, limit: number | null): Share {
  if (limit === null) return { used, limit, remaining: null, percentage: 0 };
  const percentage = limit === 0 ? 100 : Math.round((used * 10_000) / limit) / 100;
  return { used, limit, remaining: Math.max(0, limit - used), percentage };
}
