import { defineQuery, setCurrentDetails, setHandler } from '@temporalio/workflow';
import { stageOf } from '../domain/articles/article.policy.ts';
import type { ArticleStep } from '../domain/articles/article.policy.ts';

type Stage = (typeof stageOf)[ArticleStep] | 'queued' | 'illustrate' | 'ready' | 'failed' | 'cancelled';
type Step = ArticleStep | 'illustrate';

/** `done` are the steps that are behind; `attempt` counts from 1 within the step that is under way. */
export type ArticleProgress = { stage: Stage; step: Step | null; attempt: number; done: Step[] };

export const articleProgress = defineQuery<ArticleProgress>('progress');

/** Tells where an article is: to programs by the query `progress`, to operators by the current details of the run. */
export function trackProgress() {
  let progress: ArticleProgress = { stage: 'queued', step: null, attempt: 0, done: [] };
  setHandler(articleProgress, () => progress);

  return {
    enter(step: Step, attempt = 1): void {
      const stage = step === 'illustrate' ? step : stageOf[step];
      progress = { stage, step, attempt, done: doneBefore(step, progress) };
      setCurrentDetails(details(progress));
    },
    end(stage: 'ready' | 'failed' | 'cancelled', why = ''): void {
      const isReady = stage === 'ready';
      progress = isReady ? { stage, step: null, attempt: 0, done: doneBefore(null, progress) } : { ...progress, stage };
      setCurrentDetails(details(progress, why));
    },
  };
}

function doneBefore(step: Step | null, { done, step: before }: ArticleProgress): Step[] {
  return before === null || before === step ? done : [...done, before];
}

/** As Markdown. A second try says why it is there. */
function details({ stage, step, attempt, done }: ArticleProgress, why = ''): string {
  const again = attempt > 1 ? ` (try ${attempt}: the answer before could not be read)` : '';
  const lines = [`### ${stage}`, why, ...done.map((name) => `- ✓ ${name}`), step ? `- ▸ **${step}**${again}` : ''];
  return lines.filter((line) => line !== '').join('\n');
}
