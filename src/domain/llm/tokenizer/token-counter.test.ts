import { expect, test } from '@jest/globals';
import { array, assert, constantFrom, integer, oneof, property } from 'fast-check';
import { countTokens } from 'gpt-tokenizer/encoding/o200k_base';
import { createTokenCounter } from './token-counter.ts';

const LONGEST = 256;
const count = createTokenCounter(LONGEST);
const plain = { disallowedSpecial: new Set<string>() };

/** Without U+FEFF, which gpt-tokenizer's decoder drops from the middle of a text. */
const scripts = [
  [0x09, 0x0d],
  [0x20, 0x7e],
  [0xa0, 0x24f],
  [0x370, 0x52f],
  [0x590, 0x6ff],
  [0x900, 0x97f],
  [0xe00, 0xe7f],
  [0x2000, 0x206f],
  [0x3040, 0x30ff],
  [0x4e00, 0x9fff],
  [0xac00, 0xd7a3],
  [0xd800, 0xdfff], // halves of pairs
  [0x1f300, 0x1f6ff],
] as const;
const characters = scripts.map(([min, max]) => integer({ min, max }).map((code) => String.fromCodePoint(code)));
const words = constantFrom(
  ' the',
  ' don’t',
  "WE'LL",
  ' 2026',
  '今天天气很好',
  ' Погода',
  '\r\n\n',
  '   ',
  '👩‍👩‍👧',
  '<|endoftext|>',
);

test('counts as gpt-tokenizer does, in every script', () => {
  const texts = array(oneof(words, ...characters), { maxLength: 60 }).map((parts) => parts.join('').slice(0, LONGEST));
  assert(
    property(texts, (text) => expect(count(text)).toBe(countTokens(text, plain))),
    { numRuns: 2_000 },
  );
});

test('a text cut out of a longer one ends where it was cut, even within a pair', () => {
  const longer = `${'a word or two '.repeat(5)}😀`;
  const cut = longer.slice(0, -1);
  const counts = Array.from({ length: 20_000 }, () => count(cut)); // until V8 has compiled what counts
  expect(new Set(counts)).toEqual(new Set([countTokens(cut, plain)]));
});
