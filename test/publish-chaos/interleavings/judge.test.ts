import { expect, test } from '@jest/globals';
import { violationsOf } from './judge.ts';
import type { Asked, Case } from './judge.ts';
import type { Change } from './plan.ts';

const asked = (change: Change, [startedAtMs, endedAtMs]: [number, number], more: Partial<Asked> = {}): Asked => ({
  change,
  startedAtMs,
  endedAtMs,
  answer: 'accepted',
  why: '',
  ...more,
});
const edit = (text: string, at: [number, number], more: Partial<Asked> = {}) => asked({ kind: 'edit', text }, at, more);
const post = (text: string, clickedAtMs = 100) => ({ text, clickedAtMs });
const aCase = (more: Partial<Case>): Case => ({
  ordered: 'first',
  asked: [],
  posts: [post('first')],
  state: 'published',
  ...more,
});

test('what was ordered, posted once and called published is right', () => {
  expect(violationsOf(aCase({}))).toEqual([]);
});

test.each<[string, Partial<Case>]>([
  ['a second post', { posts: [post('first'), post('first')] }],
  ['a post after an accepted cancel', { asked: [asked({ kind: 'cancel' }, [1, 2])] }],
  [
    'a cancelled one that calls itself failed',
    { asked: [asked({ kind: 'cancel' }, [1, 2])], posts: [], state: 'failed' },
  ],
  ['a failed one that was posted', { state: 'failed' }],
  ['a published one that was not', { posts: [] }],
  ['an edit that was accepted and not posted', { asked: [edit('second', [1, 2])] }],
  ['an edit before the last one', { asked: [edit('second', [1, 2]), edit('third', [3, 4])], posts: [post('second')] }],
  ['a change that was accepted after the commit point', { asked: [edit('first', [101, 102])] }],
  ['a post before its time', { asked: [asked({ kind: 'reschedule', inMs: 500 }, [1, 2])] }],
  ['an answer that nobody should get', { asked: [edit('x', [1, 2], { answer: 'strange' })] }],
])('%s is seen', (_, more) => {
  expect(violationsOf(aCase(more))).toHaveLength(1);
});

test('of two edits at once either may be the last one, and one that nobody answered may have come through', () => {
  const atOnce = [edit('second', [1, 5]), edit('third', [2, 4])];
  for (const text of ['second', 'third'])
    expect(violationsOf(aCase({ asked: atOnce, posts: [post(text)] }))).toEqual([]);
  const unsure = [edit('second', [1, 5], { answer: 'unsure' })];
  for (const text of ['first', 'second'])
    expect(violationsOf(aCase({ asked: unsure, posts: [post(text)] }))).toEqual([]);
});

test('what was moved and then sent at once may go before the time that it was moved to', () => {
  const moves = [asked({ kind: 'reschedule', inMs: 500 }, [1, 2]), asked({ kind: 'publishNow' }, [3, 4])];
  expect(violationsOf(aCase({ asked: moves }))).toEqual([]);
});
