import { expect, test } from '@jest/globals';
import { plainOutline, readOutline } from './outline.ts';

const read = (title: string, sections: object[]) => readOutline(JSON.stringify({ title, sections }));

test('headings are plain and distinct, points whole sentences, at most four sections', () => {
  const sections = [
    { heading: '1. **Beans**:', point: 'Fresh ones taste. And then y' },
    { heading: 'beans', point: 'Again.' },
    { heading: 'Water', point: 'should be really hot,' },
    { heading: 'Cups' },
    { heading: 7, point: 'No heading.' },
    { heading: 'point', point: '2.1.' },
    { heading: '3', point: '' },
    { heading: 'Milk', point: '' },
    { heading: 'Sugar', point: '' },
  ];

  expect(read('# Good coffee', sections)).toEqual({
    title: 'Good coffee',
    sections: [
      { heading: 'Beans', point: 'Fresh ones taste.' },
      { heading: 'Water', point: 'should be really hot.' },
      { heading: 'Cups', point: '' },
      { heading: 'Milk', point: '' },
    ],
  });
});

test('where one heading stands everywhere, short points are the headings', () => {
  const sections = ['1. Choose beans', '2. Heat water'].map((point) => ({ heading: 'Good coffee', point }));

  expect(read('Good coffee', sections)?.sections.map(({ heading }) => heading)).toEqual(['Choose beans', 'Heat water']);
});

test.each([
  ['no title', '', [{ heading: 'A' }, { heading: 'B' }]],
  ['one section', 'Good coffee', [{ heading: 'A' }]],
  ['no sections', 'Good coffee', []],
])('an outline with %s is unusable', (_, title, sections) => {
  expect(read(title, sections)).toBeUndefined();
});

test.each(['good coffee', '好咖啡', '???'])('a topic such as %j always has a plain outline', (topic) => {
  const { title, sections } = plainOutline(topic);

  expect(title).toBe(topic);
  expect(sections).toHaveLength(3);
});
