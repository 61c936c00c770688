import { z } from 'zod';
import type { Pace } from '../domain/platforms/index.ts';
import type { PaceView } from '../domain/turns/turns.ts';

const seconds = (most: number) => z.int().min(0).max(most);

export const pace = z.strictObject({
  min_gap_seconds: seconds(604_800).describe('between two posts'),
  per_day: z.int().min(1).max(1_000).nullable().describe('posts in any 24 hours; null for no cap'),
  jitter_seconds: seconds(86_400).describe('up to so much is added to the gap'),
});

export const paceView = z.object({ platform: pace, own: pace.nullable(), effective: pace });

export const accountHealth = z.object({
  health: z.enum(['active', 'needs_login', 'cooling_down', 'disabled']),
  health_until: z.string().nullable().describe('when a cool-down ends'),
  health_reason: z.string().nullable().describe('the risk signal that a cool-down answers'),
});

export const paceOf = (given: z.output<typeof pace>): Pace => ({
  minGapMs: given.min_gap_seconds * 1_000,
  perDay: given.per_day,
  jitterMs: given.jitter_seconds * 1_000,
});

export const shownPace = ({ minGapMs, perDay, jitterMs }: Pace): z.output<typeof pace> => ({
  min_gap_seconds: Math.ceil(minGapMs / 1_000),
  per_day: perDay,
  jitter_seconds: Math.ceil(jitterMs / 1_000),
});

export const paceShown = ({ platform, own, effective }: PaceView) => ({
  platform: shownPace(platform),
  own: own && shownPace(own),
  effective: shownPace(effective),
});
