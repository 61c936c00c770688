import { expect, test } from '@jest/globals';
import { cleanDraft } from './clean-draft.ts';

const sections = [{ heading: 'Beans', point: '' }];
const clean = (answer: string) => cleanDraft(answer, { title: 'Good coffee', sections });

test('a fence around everything, the repeated title and a preface are gone', () => {
  expect(clean('```markdown\n# Good Coffee!\n\n## Beans\nFresh ones.\n```')).toBe('## Beans\n\nFresh ones.');
  expect(clean('Here is the article:\n\n**Good coffee**\n\n## Beans\nFresh ones.')).toBe('## Beans\n\nFresh ones.');
  expect(clean('# Another title\n## Beans\nFresh.')).toBe('## Beans\n\nFresh.');
});

test('a fence that was never closed is gone too', () => {
  expect(clean('```md\n## Beans\nFresh ones.')).toBe('## Beans\n\nFresh ones.');
});

test('headings start at level 2 and keep their distance', () => {
  expect(clean('# Beans\nFresh.\n## Roast\nDark.\n# Water\nHot.')).toBe(
    '## Beans\n\nFresh.\n\n### Roast\n\nDark.\n\n## Water\n\nHot.',
  );
});

test('a heading of the outline is at level 2 wherever the model put it, without a number', () => {
  expect(clean('## First\nGood.\n\n### 2. Beans\nFresh.')).toBe('## First\n\nGood.\n\n## Beans\n\nFresh.');
});

test('lines in bold are the headings where there are no others', () => {
  expect(clean('**Beans:**\nFresh.\n\n**Water**\n\nHot.')).toContain('## Water\n\nHot.');
});

test('a code block keeps its lines, and its # is no heading', () => {
  const code = '```sh\n# grind\n\ngrind beans\n```';
  expect(clean(`## Beans\n${code}\nGood.`)).toBe(`## Beans\n\n${code}\n\nGood.`);
});

test('a half sentence at the end, or a heading with nothing under it, is left out', () => {
  expect(clean('## Beans\nFresh ones. And then you')).toBe('## Beans\n\nFresh ones.');
  expect(clean('## 豆子\n要新鲜的。然后你\n\n## 水')).toBe('## 豆子\n\n要新鲜的。');
});

test('control characters, which no database takes, are left out', () => {
  expect(clean('## Beans\nFre\u0000sh\u0007 ones.\r\nGood.')).toBe('## Beans\n\nFresh ones.\nGood.');
});
