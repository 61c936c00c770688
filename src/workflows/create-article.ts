import { CancellationScope, executeChild, isCancellation, workflowInfo } from '@temporalio/workflow';
import { mostTries } from '../domain/articles/article.policy.ts';
import type { ArticleStep } from '../domain/articles/article.policy.ts';
import { store } from './activities.ts';
import { trackProgress } from './article-progress.ts';
import { failureOf } from './failure-of.ts';
import { completionWorkflowId } from './ids.ts';
import type { runCompletion } from './run-completion.ts';

export type CreateArticleInput = { articleId: string; userId: string };

/** One article from its order to the finished text with a cover. What is written stands in its row, never in here. */
export async function createArticle({ articleId }: CreateArticleInput): Promise<{ stage: 'ready' }> {
  const progress = trackProgress();
  try {
    await write('outline');
    await write('draft');
    const { redraft } = await write('review');
    if (redraft) await write('redraft');
    await illustrate();
    progress.end('ready');
    return { stage: 'ready' };
  } catch (error) {
    await CancellationScope.nonCancellable(() => giveUp(error));
    throw error;
  }

  /** Asks the language model; an answer that nobody can read is asked for once more. */
  async function write(step: ArticleStep): Promise<{ redraft: boolean }> {
    for (let attempt = 1; ; attempt += 1) {
      progress.enter(step, attempt);
      const asked = { articleId, step, attempt };
      const { completionId } = await store.askForArticle.executeWithOptions({ summary: `Asks for the ${step}` }, [
        asked,
      ]);
      await complete(completionId, step);
      const accept = { summary: `Reads the ${step} into the article` };
      const accepted = await store.acceptForArticle.executeWithOptions(accept, [{ ...asked, completionId }]);
      if (accepted.usable || attempt >= mostTries[step]) return accepted;
    }
  }

  async function illustrate(): Promise<void> {
    progress.enter('illustrate');
    await store.illustrateArticle.executeWithOptions({ summary: 'Draws the title card' }, [{ articleId }]);
    await store.finishArticle({ articleId });
  }

  async function giveUp(error: unknown): Promise<void> {
    if (isCancellation(error)) {
      progress.end('cancelled');
      return store.cancelArticle({ articleId });
    }
    const { code, message } = failureOf(error);
    progress.end('failed', `${code}: ${message}`);
    return store.failArticle({ articleId, code, message });
  }
}

/** A run of its own, which lives to settle its cost when this one is cancelled or ended. */
function complete(completionId: string, step: ArticleStep) {
  return executeChild<typeof runCompletion>('runCompletion', {
    workflowId: completionWorkflowId(completionId),
    args: [{ completionId }],
    staticSummary: `Answers the ${step} of an article`,
    typedSearchAttributes: workflowInfo().typedSearchAttributes,
    parentClosePolicy: 'REQUEST_CANCEL',
  });
}
