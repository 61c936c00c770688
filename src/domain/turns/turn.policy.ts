import type { AccountHealth } from '../../entities/platform-account.ts';
import type { Pace } from '../platforms/index.ts';

/**
 * Who gets an account's next turn, and when. One publication at a time, the earliest due first; a gap between two commits,
 * and no more of them in any 24 hours than the cap.
 */
export function nextTurn({ nowMs, health, healthUntilMs, holder, first, commitsMs, pace }: TurnFacts): TurnDecision {
  if (!first) return { kind: 'nobody' };
  if (health === 'needs_login' || health === 'disabled') return { kind: 'paused', why: health };
  if (holder !== null) return { kind: 'held', holder };
  const ends = [
    { why: 'cooling_down' as const, untilMs: health === 'cooling_down' ? (healthUntilMs ?? 0) : 0 },
    { why: 'gap' as const, untilMs: gapEndMs(commitsMs, pace, first) },
    { why: 'daily_cap' as const, untilMs: capEndMs(commitsMs, pace) },
  ];
  const last = ends.reduce((a, b) => (b.untilMs > a.untilMs ? b : a));
  return last.untilMs > nowMs ? { kind: 'wait', ...last } : { kind: 'give', publicationId: first };
}

export type TurnFacts = {
  nowMs: number;
  health: AccountHealth;
  healthUntilMs: number | null;
  /** The publication that has the turn. */
  holder: string | null;
  /** The publication that is first in the queue. */
  first: string | null;
  /** When the account's posts were committed, the latest first: at least as many as the cap. */
  commitsMs: readonly number[];
  pace: Pace;
};

export type TurnDecision =
  | { kind: 'give'; publicationId: string }
  | { kind: 'held'; holder: string }
  | { kind: 'wait'; why: 'gap' | 'daily_cap' | 'cooling_down'; untilMs: number }
  | { kind: 'paused'; why: 'needs_login' | 'disabled' }
  | { kind: 'nobody' };

export const DAY_MS = 86_400_000;

/** The slower of two in each respect. */
export function slower(platform: Pace, own: Pace | null): Pace {
  if (!own) return platform;
  const caps = [platform.perDay, own.perDay].filter((cap) => cap !== null);
  return {
    minGapMs: Math.max(platform.minGapMs, own.minGapMs),
    perDay: caps.length > 0 ? Math.min(...caps) : null,
    jitterMs: Math.max(platform.jitterMs, own.jitterMs),
  };
}

function gapEndMs([latest]: readonly number[], { minGapMs, jitterMs }: Pace, publicationId: string): number {
  return latest === undefined ? 0 : latest + minGapMs + Math.floor(jitterMs * fractionOf(publicationId));
}

function capEndMs(commitsMs: readonly number[], { perDay }: Pace): number {
  const oldest = perDay === null ? undefined : commitsMs[perDay - 1];
  return oldest === undefined ? 0 : oldest + DAY_MS;
}

/** From 0 to 1, by FNV-1a: the same for one publication however often it is asked. */
function fractionOf(text: string): number {
  let hash = 0x811c9dc5;
  for (const character of text) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  return hash / 2 ** 32;
}
