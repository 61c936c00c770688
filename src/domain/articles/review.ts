import { z } from 'zod';
import type { Article } from '../../entities/article.ts';
import { cleanTitle, plainLine, shorten } from './clean-title.ts';
import { headingOf, isCode, blocksOf, wordsOf } from './draft-text.ts';
import { readJson } from './read-json.ts';

export type Review = { title: string; summary: string; tags: string[]; verdict: 'accept' | 'revise'; notes: string };

/** What the reviewer said, with the gaps closed from the article itself. @returns undefined when it said nothing usable */
export function readReview(answer: string, article: Article): Review | undefined {
  const { data } = answeredReview.safeParse(readJson(answer));
  if (!data || (data.title === '' && data.summary === '')) return undefined;
  const plain = plainReview(article);
  const tags = cleanTags(data.tags);
  return {
    title: cleanTitle(data.title) || plain.title,
    summary: shorten(plainLine(data.summary), SUMMARY_CHARACTERS) || plain.summary,
    tags: tags.length < FEWEST_TAGS ? cleanTags([...tags, ...plain.tags]) : tags,
    verdict: data.verdict,
    notes: shorten(plainLine(data.notes), 300),
  };
}

/** A review out of the article alone: it finds nothing to revise, our own checks still do. */
export function plainReview({ topic, keywords, outline, title, markdown }: Article): Review {
  const text = blocksOf(markdown ?? '').find((block) => !headingOf(block) && !isCode(block)) ?? topic;
  const plainTitle = title ?? (cleanTitle(outline?.title ?? '') || cleanTitle(topic));
  return {
    title: plainTitle,
    summary: shorten(plainLine(text), SUMMARY_CHARACTERS),
    tags: cleanTags([...keywords, ...wordsOf(plainTitle).split(' ').filter(isTelling)]),
    verdict: 'accept',
    notes: '',
  };
}

const SUMMARY_CHARACTERS = 240;
const FEWEST_TAGS = 2;
const MOST_TAGS = 5;
const TAG_CHARACTERS = 30;

const answeredReview = z.object({
  title: z.string().catch(''),
  summary: z.string().catch(''),
  tags: z.array(z.string().catch('')).catch([]),
  verdict: z.enum(['accept', 'revise']).catch('accept'),
  notes: z.string().catch(''),
});

function cleanTags(tags: string[]): string[] {
  const clean = tags.map((tag) => plainLine(tag).replace(/^#/, '').replaceAll(',', '').trim());
  const byWords = new Map(clean.filter((tag) => tag.length <= TAG_CHARACTERS).map((tag) => [wordsOf(tag), tag]));
  byWords.delete('');
  return [...byWords.values()].slice(0, MOST_TAGS);
}

/** Words long enough to be about something; a Chinese title has no spaces and serves as one tag, if short. */
const isTelling = (word: string) => word.length >= 5 || /\p{Script=Han}/u.test(word);
