import { expect, test } from '@jest/globals';
import { moreRounds } from './more-rounds.ts';

const pausesAfter = (codes: readonly string[]) => {
  const more = moreRounds();
  return codes.map((code) => more.pauseAfter(code));
};

test('a site that fails is given more time after each round, and is given up after a quarter of an hour', () => {
  const pauses = pausesAfter(Array.from({ length: 30 }, () => 'unavailable'));
  expect(pauses.slice(0, 3)).toEqual([2_000, 4_000, 6_000]);
  expect(pauses.at(-1)).toBeNull();
  expect(pauses.reduce<number>((sum, ms) => sum + (ms ?? 0), 0)).toBeGreaterThan(14 * 60_000);
});

test('a process of ours that was lost is not waited for longer each time', () => {
  const codes = Array.from({ length: 11 }, (_, at) => (at % 2 === 0 ? 'worker_lost' : 'browser_lost'));
  expect(new Set(pausesAfter(codes))).toEqual(new Set([2_000]));
  expect(pausesAfter([...codes, 'unavailable']).at(-1)).toBe(2_000);
});

test('a page that ends every browser leaves the others time in between, and is given up too', () => {
  const pauses = pausesAfter(Array.from({ length: 40 }, () => 'browser_lost'));
  expect(pauses.slice(9, 13)).toEqual([2_000, 2_000, 4_000, 6_000]);
  expect(pauses.indexOf(null)).toBe(39);
});

test('a changed page is believed when it was seen three times in a row', () => {
  expect(pausesAfter(['selector_drift', 'selector_drift', 'selector_drift'])).toEqual([10_000, 20_000, null]);
  expect(pausesAfter(['selector_drift', 'selector_drift', 'worker_lost', 'selector_drift'])).not.toContain(null);
});

test('a rush in which every browser is busy counts for nothing', () => {
  const pauses = pausesAfter(Array.from({ length: 1_000 }, () => 'browser_busy'));
  expect(new Set(pauses)).toEqual(new Set([2_000]));
});
