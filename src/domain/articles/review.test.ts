import { expect, test } from '@jest/globals';
import { plainReview, readReview } from './review.ts';

const order = {
  id: 'art_1',
  userId: 'usr_1',
  stage: 'review',
  topic: 'good coffee',
  style: null,
  modelName: 'text',
} as const;
const article = {
  ...order,
  keywords: ['beans'],
  outline: { title: 'Good coffee at home', sections: [] },
  title: 'Good coffee at home',
  markdown: '## Beans\n\nFresh beans taste of something. Old ones do not.\n\n## Water\n\nHot.',
  summary: null,
  tags: [],
  reviewNotes: null,
  coverMediaId: null,
  errorCode: null,
  errorMessage: null,
  createdAt: new Date(0),
  finishedAt: null,
};
const full = {
  title: 'Coffee, Well Made',
  summary: 'What beans and water do to your cup.',
  tags: ['coffee', 'home'],
  verdict: 'revise',
  notes: 'Say more about water.',
};
const read = (answer: object) => readReview(JSON.stringify(answer), article);

test('a whole review is taken as it is', () => {
  expect(read(full)).toEqual(full);
});

test('a title that is about something else, or was cut off, is not taken', () => {
  expect(read({ ...full, title: 'The Essential Steps' })?.title).toBe('Good coffee at home');
  expect(read({ ...full, title: 'Good coffee is not only about ' })?.title).toBe('Good coffee at home');
});

test('a summary that says nothing or was cut off is made from the article', () => {
  expect(read({ ...full, summary: 'Beans' })?.summary).toBe('Fresh beans taste of something. Old ones do not.');
  expect(read({ ...full, summary: `${full.summary} This requires a ` })?.summary).toBe(full.summary);
});

test('tags are distinct, say something, and are at least two', () => {
  expect(read({ ...full, tags: ['#Coffee', 'coffee', 'A', 'the', '},{', 'x'.repeat(31), 'home'] })?.tags).toEqual([
    'Coffee',
    'home',
  ]);
  expect(read({ ...full, tags: ['home'] })?.tags).toEqual(['home', 'beans', 'coffee']);
});

test('notes of an accepted article are dropped, and an answer that says nothing is unusable', () => {
  expect(read({ ...full, verdict: 'accept' })?.notes).toBe('');
  expect(read({ verdict: 'revise' })).toBeUndefined();
});

test('without a reviewer the article speaks for itself', () => {
  expect(plainReview(article)).toMatchObject({
    title: 'Good coffee at home',
    tags: ['beans', 'coffee'],
    verdict: 'accept',
  });
});
