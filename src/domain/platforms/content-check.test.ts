import { expect, test } from '@jest/globals';
import { titleWidth, violationsOf } from './content-check.ts';
import { platformOf, platforms } from './drivers.ts';
import { descriptionOf } from './index.ts';
import type { PlatformDescription } from './platform.ts';

const tiny: PlatformDescription = {
  id: 'tiny',
  name: 'Tiny',
  limits: {
    titleCharacters: 5,
    titleWidth: null,
    bodyCharacters: 30,
    bodyAs: 'markdown',
    tags: 1,
    images: 1,
    imagesAtLeast: 0,
    image: { formats: ['jpeg'], maxBytes: 1, maxEdge: 1, aspect: null },
  },
  abilities: { drafts: true, cover: true, tags: true, scheduling: false, analytics: true, aiDeclaration: false },
  pace: { minGapMs: 0, perDay: null, jitterMs: 0 },
  risk: { signals: [], coolDownMs: 1, mostCoolDownMs: 1 },
  selfHosted: false,
  hosts: { allowed: [], blocked: [] },
  site: null,
  verified: 'fixtures',
  listLagMs: 0,
};
const content = { title: 'Title', markdown: 'Some text.', tags: ['a'], coverMediaId: null };
const fieldsOf = (...args: Parameters<typeof violationsOf>) => violationsOf(...args).map(({ field }) => field);

test('a content within the limits has no violations', () => {
  expect(violationsOf(tiny, content)).toEqual([]);
});

test('every violation is told at once, with the limit and the actual number', () => {
  const bad = {
    title: 'Too long',
    markdown: `![](a.png) ${'x'.repeat(30)}`,
    tags: ['a', ' ', 'c'],
    coverMediaId: 'med_1',
  };
  expect(fieldsOf(tiny, bad)).toEqual(['title', 'markdown', 'tags', 'tags.1', 'images']);
  expect(violationsOf(tiny, bad)[0]).toEqual({
    field: 'title',
    limit: 5,
    actual: 8,
    message: 'Tiny takes at most 5 characters.',
  });
});

test('an empty title and a text without a word are violations', () => {
  expect(fieldsOf(tiny, { ...content, title: '  ', markdown: '<b></b>\n\n---' })).toEqual(['title', 'markdown']);
});

test('characters are counted as people do', () => {
  expect(violationsOf(tiny, { ...content, title: '你好😀😀😀' })).toEqual([]);
});

test.each([
  ['二十个汉字的标题', 8],
  ['ASCII', 3],
  ['中a', 2],
  ['ab', 1],
  ['😀', 1],
  ['，！', 2],
  ['', 0],
])('a title "%s" is as wide as its platform counts: %i', (title, width) => {
  expect(titleWidth(title)).toBe(width);
  const wide = { ...tiny, limits: { ...tiny.limits, titleCharacters: 100, titleWidth: Math.max(width - 1, 0) } };
  expect(fieldsOf(wide, { ...content, title: title || '-' })).toEqual(['title']);
});

test('a platform of plain text counts the text and its topics, not the marks of the Markdown', () => {
  const plain = { ...tiny, limits: { ...tiny.limits, bodyAs: 'text', bodyCharacters: 8 } as const };
  expect(fieldsOf(plain, { ...content, markdown: '**[12345](https://example.com/)**', tags: ['a'] })).toEqual([]);
  expect(fieldsOf(plain, { ...content, markdown: '**123456**', tags: ['a'] })).toEqual(['markdown']);
});

test('a platform of pictures needs one, of the text or as a cover', () => {
  const pictures = { ...tiny, limits: { ...tiny.limits, imagesAtLeast: 1 } };
  expect(fieldsOf(pictures, content)).toEqual(['images']);
  expect(fieldsOf(pictures, { ...content, coverMediaId: 'med_1' })).toEqual([]);
  expect(fieldsOf(pictures, { ...content, markdown: '![a](https://example.com/a.png)' })).toEqual([
    'markdown', // too long for this one
  ]);
});

test('what a platform cannot do is a violation', () => {
  const plain = { ...tiny, abilities: { ...tiny.abilities, cover: false, tags: false } };
  expect(fieldsOf(plain, { ...content, coverMediaId: 'med_1' })).toEqual(['tags', 'coverMediaId']);
});

test('an unknown platform is "not found", also one that is named like a property of every object', () => {
  expect(platformOf('wordpress')).toBe(platforms.wordpress);
  expect(descriptionOf('wordpress').id).toBe('wordpress');
  for (const id of ['nowhere', 'constructor', '__proto__']) {
    for (const find of [platformOf, descriptionOf])
      expect(() => find(id)).toThrow(expect.objectContaining({ code: 'not_found' }));
  }
});
