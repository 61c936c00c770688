import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

/** The rank of the token that these bytes are, `NO_TOKEN` if they are none. */
export type RankOf = (bytes: Uint8Array, from: number, to: number) => number;

/** Greater than every rank. */
export const NO_TOKEN = 0x7fff_ffff;

/**
 * OpenAI's o200k_base in typed arrays: 5 MB outside the V8 heap, where a Map of strings takes 80 MB, through which every
 * full garbage collection walks.
 */
export function loadVocabulary(): RankOf {
  const { tokens, ends } = readTokens(readFileSync(resolve('gpt-tokenizer/data/o200k_base.tiktoken')));
  const slots = new Int32Array(SLOTS).fill(EMPTY);
  for (let rank = 0; rank < ends.length - 1; rank += 1) {
    let slot = hash(tokens, ends[rank] ?? 0, ends[rank + 1] ?? 0);
    while (slots[slot] !== EMPTY) slot = next(slot);
    slots[slot] = rank;
  }

  return (bytes, from, to) => {
    for (let slot = hash(bytes, from, to); ; slot = next(slot)) {
      const rank = slots[slot] ?? EMPTY;
      if (rank === EMPTY) return NO_TOKEN;
      const start = ends[rank] ?? 0;
      if ((ends[rank + 1] ?? 0) - start !== to - from) continue;
      let at = from;
      while (at < to && bytes[at] === tokens[start + at - from]) at += 1;
      if (at === to) return rank;
    }
  };
}

const { resolve } = createRequire(import.meta.url);

const SPACE = 0x20;
const NEWLINE = 0x0a;

/** The file has a line for each token, in the order of the ranks: its bytes in Base64, a space, its rank. */
function readTokens(file: Buffer): { tokens: Uint8Array; ends: Uint32Array } {
  const tokens = Buffer.alloc(file.length);
  const ends = [0];
  let size = 0;
  for (let line = 0; line < file.length; line = lineEnd(file, line) + 1) {
    size += tokens.write(file.toString('latin1', line, file.indexOf(SPACE, line)), size, 'base64');
    ends.push(size);
  }
  return { tokens: new Uint8Array(tokens.subarray(0, size)), ends: Uint32Array.from(ends) };
}

function lineEnd(file: Buffer, from: number): number {
  const end = file.indexOf(NEWLINE, from);
  return end === -1 ? file.length : end;
}

/** Over twice as many as there are tokens, so that a search looks at one or two. */
const SLOTS = 2 ** 19;
const EMPTY = -1;
const next = (slot: number) => (slot + 1) & (SLOTS - 1);

/** FNV-1a, folded. */
function hash(bytes: Uint8Array, from: number, to: number): number {
  let sum = 0x811c_9dc5;
  for (let at = from; at < to; at += 1) sum = Math.imul(sum ^ (bytes[at] ?? 0), 0x0100_0193);
  return (sum ^ (sum >>> 15)) & (SLOTS - 1);
}
