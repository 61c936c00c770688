import type { Risk } from '../platforms/index.ts';
import { DAY_MS } from './turn.policy.ts';

/** How long an account rests after a risk signal: twice as long each time that another one comes within a day of its return. */
export function coolDown({ nowMs, lastEndMs, inARow }: Past, { coolDownMs, mostCoolDownMs }: Rest): CoolDown {
  const isRepeated = lastEndMs !== null && nowMs - lastEndMs < DAY_MS;
  const count = isRepeated ? inARow + 1 : 1;
  return { untilMs: nowMs + Math.min(coolDownMs * 2 ** (count - 1), mostCoolDownMs), inARow: count };
}

export type Past = { nowMs: number; lastEndMs: number | null; inARow: number };

export type CoolDown = { untilMs: number; inARow: number };

type Rest = Pick<Risk, 'coolDownMs' | 'mostCoolDownMs'>;
