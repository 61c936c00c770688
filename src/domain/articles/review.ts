import { z } from 'zod';
import type { Article } from '../../entities/article.ts';
import { cleanTitle, plainLine, shorten } from './clean-title.ts';
import { blocksOf, headingOf, isCode, lengthOf, wholeSentences, wordsOf } from './draft-text.ts';
import { readJson } from './read-json.ts';

export type Review = { title: string; summary: string; tags: string[]; verdict: 'accept' | 'revise'; notes: string };

/** What the reviewer said, with the gaps closed from the article itself. @returns undefined when it said nothing usable */
export function readReview(answer: string, article: Article): Review | undefined {
  const { data } = answeredReview.safeParse(readJson(answer));
  if (!data || (data.title === '' && data.summary === '')) return undefined;
  const plain = plainReview(article);
  const tags = cleanTags(data.tags);
  return {
    title: isFitTitle(data.title, article) ? cleanTitle(data.title) : plain.title,
    summary: summaryOf(data.summary) || plain.summary,
    tags: tags.length < FEWEST_TAGS ? cleanTags([...tags, ...plain.tags]) : tags,
    verdict: data.verdict,
    notes: data.verdict === 'accept' ? '' : shorten(plainLine(data.notes), 300),
  };
}

/** A review out of the article alone: it finds nothing to revise, our own checks still do. */
export function plainReview({ topic, keywords, outline, title, markdown }: Article): Review {
  const text = blocksOf(markdown ?? '').find(isRunningText) ?? topic;
  const plainTitle = title ?? (cleanTitle(outline?.title ?? '') || cleanTitle(topic));
  return {
    title: plainTitle,
    summary: firstSentences(plainLine(text)),
    tags: cleanTags([...keywords, ...wordsOf(plainTitle).split(' ').filter(isTelling)]),
    verdict: 'accept',
    notes: '',
  };
}

const isRunningText = (block: string) => !headingOf(block) && !isCode(block) && wordsOf(block) !== '';

/** About what was ordered, and not cut off by a limit: small models answer with any heading of the article. */
function isFitTitle(title: string, { topic, outline }: Article): boolean {
  if (title !== title.trimEnd() || cleanTitle(title) === '') return false;
  const known = tellingParts(`${topic} ${outline?.title ?? ''}`);
  return [...tellingParts(title)].some((part) => known.has(part));
}

/** Words of four letters and more, and single Chinese signs. */
const tellingParts = (text: string) => new Set(wordsOf(text).match(/\p{Script=Han}|[^\s\p{Script=Han}]{4,}/gu));

/** Whole sentences that say something, or nothing: a heading is no summary. */
function summaryOf(text: string): string {
  const summary = firstSentences(plainLine(text));
  return lengthOf(summary) < 30 ? '' : summary;
}

function firstSentences(line: string): string {
  const whole = wholeSentences(line) || line;
  const fitting = wholeSentences(whole.slice(0, SUMMARY_CHARACTERS));
  return fitting || shorten(whole, SUMMARY_CHARACTERS);
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
  const byWords = new Map<string, string>();
  for (const tag of tags.map((text) => plainLine(text).replace(/^#/, '').replaceAll(',', '').trim())) {
    const words = wordsOf(tag);
    const says = lengthOf(words) >= 3 && !/^(the|and|for|this|that|with)$/.test(words);
    if (says && tag.length <= TAG_CHARACTERS && !byWords.has(words)) byWords.set(words, tag);
  }
  return [...byWords.values()].slice(0, MOST_TAGS);
}

/** Words long enough to be about something; a Chinese title has no spaces and serves as one tag, if short. */
const isTelling = (word: string) => word.length >= 5 || /\p{Script=Han}/u.test(word);
