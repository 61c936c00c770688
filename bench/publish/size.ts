/** How much is measured. */
export type Size = {
  /** Ours and the bare script's take turns; each round publishes so many posts by each of them. */
  throughput: { rounds: number; posts: number };
  /** Scheduled posts of a warm session. */
  scheduled: { posts: number; everyMs: number };
  sessions: number;
  growth: { early: number; late: number };
  dueTogether: number;
};

export const full: Size = {
  throughput: { rounds: 3, posts: 12 },
  scheduled: { posts: 12, everyMs: 8_000 },
  sessions: 16,
  growth: { early: 50, late: 500 },
  dueTogether: 1_000,
};

export const quick: Size = {
  throughput: { rounds: 1, posts: 4 },
  scheduled: { posts: 4, everyMs: 8_000 },
  sessions: 4,
  growth: { early: 5, late: 20 },
  dueTogether: 200,
};
