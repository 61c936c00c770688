import type { Article, Outline } from '../../entities/article.ts';
import { mostTries } from './article.policy.ts';
import type { ArticleStep } from './article.policy.ts';
import { cleanDraft } from './clean-draft.ts';
import { findingsOf } from './draft-check.ts';
import { blocksOf, headingOf, lengthOf } from './draft-text.ts';
import { plainOutline, readOutline } from './outline.ts';
import { draftRequest, outlineRequest, reviewRequest } from './prompts.ts';
import type { ChatRequest } from './prompts.ts';
import { repairDraft } from './repair-draft.ts';
import { plainReview, readReview } from './review.ts';

/** What the language model is asked in a step of this article. The second try is asked with more freedom. */
export function requestFor(article: Article, step: ArticleStep, attempt: number): ChatRequest {
  return { ...requests[step](article), temperature: attempt === 1 ? 0.3 : 0.7 };
}

/**
 * What an answer makes of the article. Reading the same answer again changes nothing more.
 * @returns undefined when the answer is unusable and may be asked for once more; the last try always gives something
 */
export function readStep(article: Article, step: ArticleStep, { answer, attempt }: Answer): Reading | undefined {
  return readings[step](article, answer, attempt >= mostTries[step]);
}

export type Answer = { answer: string; attempt: number };

export type Reading = {
  changes: Partial<Pick<Article, 'outline' | 'title' | 'markdown' | 'summary' | 'tags' | 'reviewNotes'>>;
  /** Only a review may want one. */
  redraft: boolean;
};

const requests: Readonly<Record<ArticleStep, (article: Article) => ChatRequest>> = {
  outline: outlineRequest,
  draft: (article) => draftRequest(article, outlineOf(article)),
  review: (article) => reviewRequest(article, outlineOf(article), article.markdown ?? ''),
  redraft: (article) => draftRequest(article, outlineOf(article), notesFor(article)),
};

type Read = (article: Article, answer: string, isLastTry: boolean) => Reading | undefined;

const readings: Readonly<Record<ArticleStep, Read>> = {
  outline: planned,
  draft: drafted,
  review: reviewed,
  redraft: redrafted,
};

function planned({ topic }: Article, answer: string, isLastTry: boolean): Reading | undefined {
  const outline = readOutline(answer) ?? (isLastTry ? plainOutline(topic) : undefined);
  return outline && { changes: { outline, title: outline.title }, redraft: false };
}

function drafted(article: Article, answer: string, isLastTry: boolean): Reading | undefined {
  if (article.markdown !== null) return { changes: {}, redraft: false }; // the first usable draft stays
  const outline = outlineOf(article);
  const markdown = cleanDraft(answer, outline);
  if (isUsable(markdown)) return { changes: { markdown }, redraft: false };
  return isLastTry ? { changes: { markdown: repairDraft(markdown, outline) }, redraft: false } : undefined;
}

function reviewed(article: Article, answer: string, isLastTry: boolean): Reading | undefined {
  const review = readReview(answer, article) ?? (isLastTry ? plainReview(article) : undefined);
  if (!review) return undefined;
  const { title, summary, tags, notes } = review;
  const outline = outlineOf(article);
  const markdown = article.markdown ?? '';
  const redraft = review.verdict === 'revise' || findingsOf(markdown, outline).length > 0;
  const body = redraft ? markdown : repairDraft(markdown, outline);
  return { changes: { title, summary, tags, reviewNotes: notes, markdown: body }, redraft };
}

/** The better of the two drafts stays: small models seldom improve when told to. */
function redrafted(article: Article, answer: string): Reading {
  const outline = outlineOf(article);
  const before = article.markdown ?? '';
  const after = cleanDraft(answer, outline);
  const better = isUsable(after) && isBetter(after, before, outline) ? after : before;
  return { changes: { markdown: repairDraft(better, outline) }, redraft: false };
}

/** Without faults, or with fewer, or with as many and longer when they are mended. */
function isBetter(after: string, before: string, outline: Outline): boolean {
  const faults = findingsOf(after, outline).length;
  const fewer = findingsOf(before, outline).length - faults;
  if (faults === 0 || fewer !== 0) return faults === 0 || fewer > 0;
  return repairDraft(after, outline).length > repairDraft(before, outline).length;
}

/** Some running text: headings alone are none. */
const isUsable = (markdown: string) =>
  lengthOf(
    blocksOf(markdown)
      .filter((block) => !headingOf(block))
      .join(''),
  ) >= 80;

const notesFor = (article: Article) =>
  [article.reviewNotes ?? '', ...findingsOf(article.markdown ?? '', outlineOf(article))].filter((note) => note !== '');

const outlineOf = ({ outline, topic }: Article): Outline => outline ?? plainOutline(topic);
