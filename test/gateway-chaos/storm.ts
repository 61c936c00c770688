import { until } from '../../dev/stack/until.ts';
import { ask } from './ask.ts';
import type { Heard } from './ask.ts';
import { audit } from './books.ts';
import type { Books } from './books.ts';
import type { ChaosPlace } from './place.ts';

export type StormOptions = {
  requests: number;
  connections: number;
  /** How often a process is told to go, or killed, while it lasts. */
  ends: number;
  random: () => number;
};

export type StormResult = Books & { answered: number; left: number; lost: number; terminations: number; kills: number };

const ABORT_SHARE = 0.3;
const CUT_SHARE = 0.1;

/**
 * Requests of which three in ten are left by their clients at a random byte and one in ten is cut by the provider, while
 * the processes are ended and started again; then all books are compared.
 */
export async function storm(place: ChaosPlace, { requests, connections, ends, random }: StormOptions) {
  const key = await place.newKey();
  Object.assign(place.upstream.behaviour, { cutShare: CUT_SHARE, random });
  const numbers = new Set<number>();
  const result = { answered: 0, left: 0, lost: 0, terminations: 0, kills: 0 };
  const first = FIRST_NUMBER + place.upstream.journal.length;
  let asked = 0;

  const client = async () => {
    while (asked < requests) {
      const number = first + asked;
      asked += 1;
      numbers.add(number);
      const leaves = random() < ABORT_SHARE;
      const url = place.apis[random() < 0.5 ? 0 : 1].url;
      const leaveAfterBytes = leaves ? Math.floor(random() * 1_500) : null;
      tell(result, await ask({ url, key, number, stream: random() < 0.5, leaveAfterBytes }), leaves);
    }
  };
  const destroyer = async () => {
    for (let end = 1; end <= ends; end += 1) {
      const share = (requests * end) / (ends + 1);
      await until(async () => asked >= share, { timeoutMs: 600_000, everyMs: 20 });
      const api = place.apis[end % 2 === 0 ? 0 : 1];
      const isKill = end % 4 < 2;
      result[isKill ? 'kills' : 'terminations'] += 1;
      await (isKill ? api.kill() : api.stop());
      await api.start();
    }
  };
  await Promise.all([destroyer(), ...Array.from({ length: connections }, client)]);
  place.upstream.behaviour.cutShare = 0;
  const books: Books = await audit(place, key, numbers);
  return { ...books, ...result } satisfies StormResult;
}

const FIRST_NUMBER = 1_000;

function tell(
  result: { answered: number; left: number; lost: number },
  { status, whole }: Heard,
  leaves: boolean,
): void {
  if (status === 200 && whole) result.answered += 1;
  else if (leaves) result.left += 1;
  else result.lost += 1;
}
