import { expect, test } from '@jest/globals';
import { findingsOf } from './draft-check.ts';
import { repairDraft } from './repair-draft.ts';

const outline = {
  title: 'Good coffee',
  sections: [
    { heading: 'Beans', point: 'Fresh beans matter.' },
    { heading: 'Water', point: 'Water should be hot.' },
  ],
};
const fine =
  '## Beans\n\nSome beans are fresh. Others are not, and you taste it.\n\n' +
  '## Water\n\nHot water brings out the taste, and cold water takes a whole night. Pour it slowly, so that every bean gets its share of it, and stop early: the last of it is bitter.';

test('a draft without findings stays as it is', () => {
  expect(findingsOf(fine, outline)).toEqual([]);
  expect(repairDraft(fine, outline)).toBe(fine);
});

test('a draft without headings gets those of the outline, its paragraphs in their order', () => {
  const flat = 'First paragraph.\n\nSecond paragraph.\n\nThird paragraph.';

  expect(findingsOf(flat, outline)).toContain('Use these headings: Beans; Water.');
  expect(repairDraft(flat, outline)).toBe(
    '## Beans\n\nFirst paragraph.\n\nSecond paragraph.\n\n## Water\n\nThird paragraph.',
  );
});

test('an empty section is found, and says at least what the outline wanted of it', () => {
  const hollow = '## Beans\n\n## Water\n\nHot water brings out the taste.';

  expect(findingsOf(hollow, outline)).toContain('Write about "Beans".');
  expect(repairDraft(hollow, outline)).toBe(
    '## Beans\n\nFresh beans matter.\n\n## Water\n\nHot water brings out the taste.',
  );
});

test('a model that goes in circles is found, and every sentence stays once', () => {
  const circles = `## Beans\n\n${'Beans are beans. '.repeat(9)}\n\nbeans are BEANS!\n\n## Water\n\nHot water.`;

  expect(findingsOf(circles, outline)).toContain('Do not repeat sentences.');
  expect(repairDraft(circles, outline)).toBe('## Beans\n\nBeans are beans.\n\n## Water\n\nHot water.');
});

test('a section that only says what the outline says is found', () => {
  const echo = `## Beans\n\nFresh beans matter.\n\n${fine.slice(fine.indexOf('## Water'))}`;

  expect(findingsOf(echo, outline)).toContain('Write about "Beans".');
});

test('a section that comes twice goes on in the one before it, and bare headings are dropped', () => {
  const twice = '## Beans\n\nOne.\n\n## Water\n\nTwo.\n\n### Bare\n\n### Heat\n\nThree.\n\n## Water\n\nFour.';

  expect(repairDraft(twice, outline)).toBe('## Beans\n\nOne.\n\n## Water\n\nTwo.\n\n### Heat\n\nThree.\n\nFour.');
});

test('numbers, abbreviations and short sentences are no repetition', () => {
  const text = 'It costs 3.5, e.g. today. Yes. It costs 3.5, e.g. tomorrow. Yes.';

  expect(repairDraft(`## Beans\n\n${text}\n\n## Water\n\nHot.`, outline)).toContain(text);
});

test('out of nothing comes the outline as a short text', () => {
  expect(repairDraft('', outline)).toBe('## Beans\n\nFresh beans matter.\n\n## Water\n\nWater should be hot.');
});

test.each(['', '#', '## \n\n## ', 'x', '```', '- a\n- b', '## A\n\n## B\n\n## C', fine.slice(0, 60)])(
  'whatever the draft %j was, the article has two headings with text under each',
  (draft) => {
    const sections = repairDraft(draft, outline).split(/^## /m).slice(1);

    expect(sections.length).toBeGreaterThanOrEqual(2);
    for (const section of sections) expect(section).toMatch(/^.+\n\n\S/);
  },
);
