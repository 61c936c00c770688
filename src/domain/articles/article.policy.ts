import type { ArticleStage } from '../../entities/article.ts';

/** What a language model is asked on the way to an article. `redraft` happens at most once, when the review wants it. */
export type ArticleStep = 'outline' | 'draft' | 'review' | 'redraft';

/** The stage that a step belongs to. */
export const stageOf = {
  outline: 'outline',
  draft: 'draft',
  review: 'review',
  redraft: 'draft',
} as const satisfies Record<ArticleStep, ArticleStage>;

/**
 * How often a step is asked before our own repair takes over. A redraft is not asked again: the first draft is there.
 */
export const mostTries: Readonly<Record<ArticleStep, number>> = { outline: 2, draft: 2, review: 2, redraft: 1 };

/** Which stage may follow which. Nothing else in the product decides this. */
export const transitions: Readonly<Record<ArticleStage, readonly ArticleStage[]>> = {
  queued: ['outline', 'failed', 'cancelled'],
  outline: ['draft', 'failed', 'cancelled'],
  draft: ['review', 'illustrate', 'failed', 'cancelled'],
  review: ['draft', 'illustrate', 'failed', 'cancelled'],
  illustrate: ['ready', 'failed', 'cancelled'],
  ready: [],
  failed: [],
  cancelled: [],
};

/** A stage may follow itself, so that a step can be repeated after a crash. */
export const mayFollow = (from: ArticleStage, to: ArticleStage) => from === to || transitions[from].includes(to);

export const isFinal = (stage: ArticleStage) => transitions[stage].length === 0;
