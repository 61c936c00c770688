import { O200K_TOKEN_SPLIT_REGEX } from 'gpt-tokenizer/encodingParams/constants';
import { createBytePairs } from './byte-pairs.ts';
import { loadVocabulary, NO_TOKEN } from './vocabulary.ts';

/**
 * Counts tokens by OpenAI's o200k_base, in which `<|endoftext|>` is text like any other. Loading takes some 80 ms,
 * counting no memory.
 * @param longest how many UTF-16 units a text has at most
 */
export function createTokenCounter(longest: number): (text: string) => number {
  const rankOf = loadVocabulary();
  const bytes = new Uint8Array(longest * BYTES_PER_UNIT);
  const countBytePairs = createBytePairs(rankOf, bytes);
  const piece = new RegExp(O200K_TOKEN_SPLIT_REGEX); // one of our own, because it remembers where it is

  return (text) => {
    const { written } = encoder.encodeInto(text, bytes);
    const isAscii = written === text.length;
    let tokens = 0;
    let start = 0;
    for (let from = 0; from < text.length; from = piece.lastIndex) {
      piece.lastIndex = from;
      piece.test(text); // matches, as every character is in some piece
      const end = isAscii ? piece.lastIndex : byteEnd(bytes, start, piece.lastIndex - from);
      tokens += rankOf(bytes, start, end) === NO_TOKEN ? countBytePairs(start, end) : 1;
      start = end;
    }
    return tokens;
  };
}

const encoder = new TextEncoder();

/** In UTF-8. One of the four bytes that a pair takes is two units. */
const BYTES_PER_UNIT = 3;

/** Where a text in UTF-8 is `units` of UTF-16 further. */
function byteEnd(bytes: Uint8Array, start: number, units: number): number {
  let end = start;
  for (let left = units; left > 0; left -= 1) {
    const lead = bytes[end] ?? 0;
    if (lead < 0x80) end += 1;
    else if (lead < 0xe0) end += 2;
    else if (lead < 0xf0) end += 3;
    else {
      end += 4;
      left -= 1; // a pair
    }
  }
  return end;
}
