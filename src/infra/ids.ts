import { randomFillSync } from 'node:crypto';
import { ulid } from 'ulid';

/** A new id such as `pub_01j9…`: says what it names, and sorts by the time it was made. */
export function newId(prefix: IdPrefix): string {
  return `${prefix}_${ulid(undefined, random).toLowerCase()}`;
}

export type IdPrefix =
  | 'usr'
  | 'rft'
  | 'key'
  | 'mdl'
  | 'req'
  | 'art'
  | 'med'
  | 'acc'
  | 'grt'
  | 'pub'
  | 'rec'
  | 'col'
  | 'rep'
  | 'resp'
  | 'epo'
  | 'edt'
  | 'bat'
  | 'whk'
  | 'dlv'
  | 'eml';

/** Every request has an id of 16 random letters; asking the system for each of them was a twentieth of the gateway's time. */
const pool = new Uint8Array(4_096);
let used = pool.length;

function random(): number {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const byte = pool[used] ?? 0;
  used += 1;
  return byte / 256;
}
