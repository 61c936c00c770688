import { z } from 'zod';
import type { Outline } from '../../entities/article.ts';
import { cleanTitle, plainLine, shorten } from './clean-title.ts';
import { lengthOf, wholeSentences, wordsOf } from './draft-text.ts';
import { readJson } from './read-json.ts';

/** @returns undefined when the answer holds no plan that can be used */
export function readOutline(answer: string): Outline | undefined {
  const { data } = answeredOutline.safeParse(readJson(answer));
  if (!data) return undefined;
  const title = cleanTitle(data.title);
  const sections = sectionsOf(data.sections).slice(0, MOST_SECTIONS);
  return title === '' || sections.length < FEWEST_SECTIONS ? undefined : { title, sections };
}

/** A plan that fits every topic, for when the model gave none. */
export function plainOutline(topic: string): Outline {
  const title = shorten(plainLine(topic), 80);
  const { headings, point } = isChinese(topic) ? plainPlans.chinese : plainPlans.english;
  return { title, sections: headings.map((heading) => ({ heading, point: point(heading, title) })) };
}

const FEWEST_SECTIONS = 2;
const MOST_SECTIONS = 4;

// Anything may be missing or of another type: a cut-off answer keeps the sections that are complete.
const answeredOutline = z.object({
  title: z.string().catch(''),
  sections: z.array(z.object({ heading: z.string().catch(''), point: z.string().catch('') }).catch(emptySection())),
});

function emptySection() {
  return { heading: '', point: '' };
}

type Sections = Outline['sections'];

/** Small models repeat one heading and put the plan into the points; then the points become the headings. */
function sectionsOf(answered: Sections): Sections {
  const planned = distinctHeadings(
    answered.map(({ heading, point }) => ({ heading: cleanHeading(heading), point: asSentence(point) })),
  );
  if (planned.length >= FEWEST_SECTIONS) return planned;
  const fromPoints = answered.map(({ point }) => ({ heading: cleanHeading(point), point: '' }));
  return distinctHeadings(fromPoints);
}

const cleanHeading = (text: string) =>
  plainLine(text)
    .replace(/^[\d.)\s]+(?=\p{L})/u, '')
    .replace(/[\s.,:;。，：；]+$/u, '');

/** What is longer is a sentence, and often one that a limit cut off. */
const HEADING_CHARACTERS = 60;

/** A point may have to stand in the article, and a limit may have cut it off. */
function asSentence(point: string): string {
  const line = plainLine(point);
  const open = line.replace(/[\s,;:，；：、-]+$/u, '');
  if (lengthOf(open) < SENTENCE_CHARACTERS) return '';
  return wholeSentences(line) || `${open}${isChinese(open) ? '。' : '.'}`;
}

const SENTENCE_CHARACTERS = 12;

const isChinese = (text: string) => /\p{Script=Han}/u.test(text);

/** Without those that only repeat the names of the fields. */
function distinctHeadings(sections: Sections): Sections {
  const seen = new Set(['', 'title', 'heading', 'section', 'point']);
  return sections.filter(({ heading }) => {
    const words = wordsOf(heading);
    const isHeading = /\p{L}{2}/u.test(heading) && heading.length <= HEADING_CHARACTERS;
    return isHeading && !seen.has(words) && Boolean(seen.add(words));
  });
}

const plainPlans = {
  english: {
    headings: ['Overview', 'What matters', 'In short'],
    point: (heading: string, title: string) => `${heading}: ${title}.`,
  },
  chinese: {
    headings: ['概述', '要点', '小结'],
    point: (heading: string, title: string) => `${heading}：${title}。`,
  },
};
