import { z } from 'zod';
import type { Outline } from '../../entities/article.ts';
import { cleanTitle, plainLine, shorten } from './clean-title.ts';
import { readJson } from './read-json.ts';

/** @returns undefined when the answer holds no plan that can be used */
export function readOutline(answer: string): Outline | undefined {
  const { data } = answeredOutline.safeParse(readJson(answer));
  if (!data) return undefined;
  const title = cleanTitle(data.title);
  const sections = distinct(data.sections.map(cleanSection)).slice(0, MOST_SECTIONS);
  return title === '' || sections.length < FEWEST_SECTIONS ? undefined : { title, sections };
}

/** A plan that fits every topic, for when the model gave none. */
export function plainOutline(topic: string): Outline {
  const title = shorten(plainLine(topic), 80);
  const { headings, point } = /\p{Script=Han}/u.test(topic) ? plainPlans.chinese : plainPlans.english;
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

function cleanSection({ heading, point }: Outline['sections'][number]): Outline['sections'][number] {
  return { heading: shorten(plainLine(heading).replace(/[:：]$/, ''), 80), point: shorten(plainLine(point), 300) };
}

function distinct(sections: Outline['sections']): Outline['sections'] {
  const byHeading = new Map(sections.map((section) => [section.heading.toLowerCase(), section]));
  byHeading.delete('');
  return [...byHeading.values()];
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
