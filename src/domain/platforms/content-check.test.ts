import { expect, test } from '@jest/globals';
import { violationsOf } from './content-check.ts';
import { platformOf, platforms } from './drivers.ts';
import { descriptionOf } from './index.ts';
import type { PlatformDescription } from './platform.ts';

const tiny: PlatformDescription = {
  id: 'tiny',
  name: 'Tiny',
  limits: { titleCharacters: 5, bodyCharacters: 30, tags: 1, images: 1 },
  abilities: { drafts: true, cover: true, tags: true, scheduling: false, analytics: true },
  pace: { minGapMs: 0, perDay: null, jitterMs: 0 },
  risk: { signals: [], coolDownMs: 1, mostCoolDownMs: 1 },
  selfHosted: false,
  hosts: { allowed: [], blocked: [] },
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
