import type { Pace, Risk } from './platform.ts';

/** For a site of one's own: nobody counts. */
export const atOnce: Pace = { minGapMs: 0, perDay: null, jitterMs: 0 };

/** A site of one's own has no eye for robots, but whoever hosts it may slow down who asks too much. */
export const selfHostedRisk: Risk = {
  signals: [{ name: 'rate_limited', status: 429 }],
  coolDownMs: 60_000,
  mostCoolDownMs: 3_600_000,
};
