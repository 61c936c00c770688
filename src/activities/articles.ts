import type { Accepted } from '../domain/articles/articles.ts';
import type { ArticleStep } from '../domain/articles/article.policy.ts';
import type { Services } from '../services.ts';

/** The rows behind `createArticle`. Each call may be repeated, and the domain refuses or ignores one that comes too late. */
export const articleActivities = ({ articles }: Pick<Services, 'articles'>) => ({
  async askForArticle({ articleId, step, attempt }: AskForArticle): Promise<{ completionId: string }> {
    return { completionId: await articles.ask(articleId, step, attempt) };
  },

  async acceptForArticle({ articleId, step, ...answered }: AcceptForArticle): Promise<Accepted> {
    return articles.accept(articleId, step, answered);
  },

  async illustrateArticle({ articleId }: { articleId: string }): Promise<void> {
    await articles.illustrate(articleId);
  },

  async finishArticle({ articleId }: { articleId: string }): Promise<void> {
    await articles.finish(articleId);
  },

  async failArticle({ articleId, code, message }: FailArticle): Promise<void> {
    await articles.fail(articleId, { code, message });
  },

  async cancelArticle({ articleId }: { articleId: string }): Promise<void> {
    await articles.cancel(articleId);
  },
});

export type AskForArticle = { articleId: string; step: ArticleStep; attempt: number };
export type AcceptForArticle = AskForArticle & { completionId: string };
export type FailArticle = { articleId: string; code: string; message: string };
