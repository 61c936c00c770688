import { LockMode } from '@mikro-orm/core';
import { Article } from '../../entities/article.ts';
import type { ArticleStage } from '../../entities/article.ts';
import { AppError } from '../../errors.ts';
import type { Database, Em } from '../../infra/database.ts';
import { newId } from '../../infra/ids.ts';
import type { MediaStore } from '../media/media.ts';
import type { ArticleOrder } from './article-order.ts';
import { readStep, requestFor } from './article-steps.ts';
import { isFinal, mayFollow, stageOf } from './article.policy.ts';
import type { ArticleStep } from './article.policy.ts';

export { articleStages } from '../../entities/article.ts';
export type { Article, ArticleStage } from '../../entities/article.ts';
export { articleOrder } from './article-order.ts';
export type { ArticleOrder } from './article-order.ts';
export { isFinal } from './article.policy.ts';

export type ArticleDependencies = { database: Database; completions: Completions; media: MediaStore; now: () => Date };

/** The part of the durable completions that articles use. */
export type Completions = {
  /** The same purpose again answers the same id. */
  create(wanted: { userId: string; purpose: string; request: Record<string, unknown> }): Promise<string>;
  answerOf(completionId: string): Promise<string>;
};

/**
 * Articles from the order to the finished text. The workflow `createArticle` tells when; here is what. Every call may be
 * repeated, and none changes an article that is ready, failed or cancelled.
 */
export function createArticles({ database, completions, media, now }: ArticleDependencies) {
  const changing = <T>(articleId: string, change: (article: Article) => T): Promise<T> =>
    database.em.fork().transactional(async (em) => change(await locked(em, articleId)));

  return {
    /** Makes the row, in the caller's transaction. Starting the workflow is the caller's next step, and safe to repeat. */
    async create(em: Em, userId: string, { topic, style, keywords, model }: ArticleOrder): Promise<Article> {
      const wishes = { topic, style, keywords, modelName: model };
      const article = em.create(Article, {
        id: newId('art'),
        userId,
        stage: 'queued',
        ...wishes,
        ...blank(),
        createdAt: now(),
      });
      await em.flush();
      return article;
    },

    /** @throws AppError `not_found`, for another user's article too */
    async get(userId: string, articleId: string): Promise<Article> {
      const article = await database.em.fork().findOne(Article, { id: articleId, userId });
      if (!article) throw noSuchArticle();
      return article;
    },

    /**
     * Enters the stage of a step and writes down what to ask the language model.
     * @returns the completion's id
     * @throws AppError `too_late` when the article is ready, failed or cancelled
     */
    async ask(articleId: string, step: ArticleStep, attempt: number): Promise<string> {
      const article = await changing(articleId, (row) => enter(row, stageOf[step]));
      const purpose = attempt === 1 ? `${articleId}:${step}` : `${articleId}:${step}:${attempt}`;
      return completions.create({ userId: article.userId, purpose, request: requestFor(article, step, attempt) });
    },

    /** Reads the answer into the article. `usable` is false when it should be asked for once more. */
    async accept(articleId: string, step: ArticleStep, { completionId, attempt }: Answered): Promise<Accepted> {
      const answer = await completions.answerOf(completionId);
      return changing(articleId, (article) => {
        if (article.stage !== stageOf[step]) return { usable: true, redraft: false }; // the article has gone on
        const reading = readStep(article, step, { answer, attempt });
        Object.assign(article, reading?.changes);
        return { usable: reading !== undefined, redraft: reading?.redraft ?? false };
      });
    },

    /** Draws the title card and keeps it as the article's cover. @throws AppError `too_late` */
    async illustrate(articleId: string): Promise<void> {
      const { userId, title } = await changing(articleId, (row) => enter(row, 'illustrate'));
      const { drawTitleCard } = await import('./title-card.ts'); // here, so that the API never loads what draws
      const bytes = await drawTitleCard(title ?? '');
      const cover = await media.store({
        id: coverIdOf(articleId),
        userId,
        kind: 'cover',
        bytes,
        contentType: 'image/png',
      });
      await changing(articleId, (row) => void (row.coverMediaId = cover.id));
    },

    /** @throws AppError `too_late` when it failed or was cancelled meanwhile */
    async finish(articleId: string): Promise<void> {
      await changing(articleId, (row) => Object.assign(enter(row, 'ready'), { finishedAt: row.finishedAt ?? now() }));
    },

    async fail(articleId: string, { code, message }: { code: string; message: string }): Promise<void> {
      await changing(articleId, (row) =>
        end(row, { stage: 'failed', errorCode: code, errorMessage: message, finishedAt: now() }),
      );
    },

    async cancel(articleId: string): Promise<void> {
      await changing(articleId, (row) => end(row, { stage: 'cancelled', finishedAt: now() }));
    },
  };
}

export type Articles = ReturnType<typeof createArticles>;

export type Answered = { completionId: string; attempt: number };

/** `redraft` says that the review wants the article written once more. */
export type Accepted = { usable: boolean; redraft: boolean };

const blank = () => ({
  outline: null,
  title: null,
  markdown: null,
  summary: null,
  tags: [],
  reviewNotes: null,
  coverMediaId: null,
  errorCode: null,
  errorMessage: null,
  finishedAt: null,
});

async function locked(em: Em, articleId: string): Promise<Article> {
  const article = await em.findOne(Article, { id: articleId }, { lockMode: LockMode.PESSIMISTIC_WRITE });
  if (!article) throw noSuchArticle();
  return article;
}

function enter(article: Article, stage: ArticleStage): Article {
  if (!mayFollow(article.stage, stage))
    throw new AppError('too_late', `The article is ${article.stage}; it cannot be ${stage} now.`);
  article.stage = stage;
  return article;
}

function end(article: Article, outcome: Partial<Article>): void {
  if (!isFinal(article.stage)) Object.assign(article, outcome);
}

/** One cover per article, however often it is drawn. */
const coverIdOf = (articleId: string) => articleId.replace(/^art_/, 'med_');

const noSuchArticle = () => new AppError('not_found', 'There is no such article.', { details: { field: 'task_id' } });
