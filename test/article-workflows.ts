/** `createArticle` as it is, above a `runCompletion` whose end a test decides by the activity `answer`. */
import { proxyActivities, sleep } from '@temporalio/workflow';
import { taskQueues } from '../src/workflows/task-queues.ts';

export { createArticle } from '../src/workflows/create-article.ts';

export type AnswerActivity = { answer(wanted: { completionId: string }): Promise<'answered' | 'hangs'> };

const { answer } = proxyActivities<AnswerActivity>({
  taskQueue: taskQueues.orchestrator,
  startToCloseTimeout: '10s',
  retry: { maximumAttempts: 1 },
});

export async function runCompletion({ completionId }: { completionId: string }): Promise<void> {
  if ((await answer({ completionId })) === 'hangs') await sleep('1 hour');
}
