import { expect, test } from '@jest/globals';
import { articleOrder } from './article-order.ts';

test.each([
  ['an empty topic', { topic: '  ' }],
  ['a topic of 501 characters', { topic: 'x'.repeat(501) }],
  ['a character that no database takes', { topic: 'a\u0000b' }],
  ['half a character', { topic: 'a\ud800' }],
  ['a keyword over two lines', { topic: 'coffee', keywords: ['a\nb'] }],
  ['an unknown wish', { topic: 'coffee', words: 5 }],
])('an order with %s is refused', (_, wanted) => {
  expect(articleOrder.safeParse(wanted).success).toBe(false);
});

test('a topic alone is enough, may have several lines, and is written by the group of text models', () => {
  const order = articleOrder.parse({ topic: ' good\ncoffee ☕ ' });

  expect(order).toEqual({ topic: 'good\ncoffee ☕', style: null, keywords: [], model: 'text' });
});
