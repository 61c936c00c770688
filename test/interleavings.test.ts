/** A short slice of `npm run chaos -- publish`: cancels, edits, moves and publish-nows against the commit. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { interleavings } from './publish-chaos/interleavings/interleavings.ts';
import { interleavingsPlace } from './publish-chaos/interleavings/place.ts';
import type { InterleavingsPlace } from './publish-chaos/interleavings/place.ts';

let place: InterleavingsPlace;
beforeAll(async () => {
  place = await interleavingsPlace();
});
afterAll(() => place.close());

test('an accepted cancel is kept, the last accepted edit is posted, nothing is posted twice or accepted too late', async () => {
  const seen = await interleavings(place, { changes: 60, seed: 7, atOnce: 20 });
  expect(seen.violations).toEqual([]);
  expect(Object.keys(seen.ends)).toEqual(expect.arrayContaining(['published', 'cancelled']));
});
