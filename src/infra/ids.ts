import { ulid } from 'ulid';

/** A new id such as `pub_01j9…`: says what it names, and sorts by the time it was made. */
export function newId(prefix: IdPrefix): string {
  return `${prefix}_${ulid().toLowerCase()}`;
}

export type IdPrefix = 'usr' | 'rft' | 'key' | 'mdl' | 'req' | 'art' | 'med' | 'acc' | 'grt' | 'pub' | 'col' | 'rep';
