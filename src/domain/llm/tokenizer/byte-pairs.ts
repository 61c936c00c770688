import { NO_TOKEN } from './vocabulary.ts';
import type { RankOf } from './vocabulary.ts';

/**
 * Byte pair encoding: of all neighbours, the two that are the token of the lowest rank together become one, until no two
 * are a token.
 * @returns how many tokens a stretch of `bytes` takes; the time is the square of its length
 */
export function createBytePairs(rankOf: RankOf, bytes: Uint8Array): (from: number, to: number) => number {
  const starts = new Uint32Array(bytes.length + 1); // of each part
  const ranks = new Int32Array(bytes.length); // of each part together with the next one
  const rankAt = (part: number) => rankOf(bytes, starts[part] ?? 0, starts[part + 2] ?? 0);

  return (from, to) => {
    let parts = to - from;
    for (let part = 0; part <= parts; part += 1) starts[part] = from + part;
    for (let part = 0; part < parts - 1; part += 1) ranks[part] = rankAt(part);
    for (;;) {
      const first = lowest(ranks, parts - 1);
      if (first === -1) return parts;
      for (let part = first + 1; part < parts; part += 1) {
        starts[part] = starts[part + 1] ?? 0;
        ranks[part - 1] = ranks[part] ?? 0;
      }
      parts -= 1;
      if (first < parts - 1) ranks[first] = rankAt(first);
      if (first > 0) ranks[first - 1] = rankAt(first - 1);
    }
  };
}

function lowest(ranks: Int32Array, count: number): number {
  let least = NO_TOKEN;
  let found = -1;
  for (let part = 0; part < count; part += 1) {
    const rank = ranks[part] ?? NO_TOKEN;
    if (rank >= least) continue;
    least = rank;
    found = part;
  }
  return found;
}
