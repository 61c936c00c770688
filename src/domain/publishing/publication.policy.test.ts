import { expect, test } from '@jest/globals';
import { publicationStates } from '../../entities/publication.ts';
import { isFinal, mayFollow, transitions } from './publication.policy.ts';

test('every publication that has begun can still reach an end', () => {
  for (const state of publicationStates) expect(reachable(state).some(isFinal)).toBe(true);
});

test('what is published stays published', () => {
  expect(publicationStates.filter((state) => mayFollow('published', state))).toEqual([]);
});

test('a publication is never cancelled while the platform may already have it', () => {
  expect(mayFollow('settling', 'cancelled')).toBe(false);
});

test('a second commit comes only by way of settling', () => {
  expect(publicationStates.filter((state) => mayFollow(state, 'publishing'))).toEqual(['queued', 'settling']);
});

function reachable(
  from: (typeof publicationStates)[number],
  seen = new Set([from]),
): (typeof publicationStates)[number][] {
  for (const next of transitions[from]) if (!seen.has(next)) reachable(next, seen.add(next));
  return [...seen];
}
