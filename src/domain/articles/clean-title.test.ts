import { expect, test } from '@jest/globals';
import { cleanTitle, TITLE_CHARACTERS } from './clean-title.ts';

test.each([
  ['# **Good `coffee`**', 'Good coffee'],
  ['Title: "Good coffee"', 'Good coffee'],
  ['标题：「好咖啡」', '好咖啡'],
  ['Good\n\tcoffee\u0000 at [home](https://example.com)', 'Good coffee at home'],
  ['"Good" is not "bad"', '"Good" is not "bad"'],
  ['***', ''],
])('%j becomes the title %j', (text, title) => {
  expect(cleanTitle(text)).toBe(title);
});

test('a long title is cut after a whole word, a Chinese one anywhere, and neither is too long', () => {
  const english = cleanTitle('coffee '.repeat(40));
  const chinese = cleanTitle('咖啡'.repeat(100));

  expect(english).toMatch(/^(coffee )+coffee…$/);
  expect(Array.from(chinese)).toHaveLength(TITLE_CHARACTERS);
  expect(english.length).toBeLessThanOrEqual(TITLE_CHARACTERS);
});
