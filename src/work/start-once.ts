import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import type { Client, WorkflowStartOptions } from '@temporalio/client';
import { TypedSearchAttributes } from '@temporalio/common';
import type { Workflow } from '@temporalio/common';
import { searchAttributes } from '../infra/temporal/search-attributes.ts';
import { taskQueues } from '../workflows/task-queues.ts';

/** Starts a run, or finds that it runs or, by its policy, has run already. */
export async function startOnce<T extends Workflow>(
  temporal: Client,
  type: string,
  options: WorkflowStartOptions<T>,
): Promise<void> {
  await temporal.workflow.start<T>(type, options).catch((error: unknown) => {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  });
}

export type Attribute = ConstructorParameters<typeof TypedSearchAttributes>[0];

export const pair = (name: 'taskKind' | 'userId' | 'accountId' | 'platform', value: string) => ({
  key: searchAttributes[name],
  value,
});

/** Shares task queues between users: activities inherit it, and matching hands the next free worker to who had least. */
const shareOf = (attributes: NonNullable<Attribute>) => {
  const user = attributes.find((attribute) => attribute.key === searchAttributes.userId);
  return user ? { priority: { fairnessKey: String(user.value) } } : {};
};

/** One thing, one run: who starts it again gets the run that is under way, or that has ended. */
export const common = (workflowId: string, staticSummary: string, attributes: NonNullable<Attribute>) => ({
  workflowId,
  staticSummary,
  taskQueue: taskQueues.orchestrator,
  typedSearchAttributes: new TypedSearchAttributes(attributes),
  ...shareOf(attributes),
  workflowIdConflictPolicy: 'USE_EXISTING' as const,
  workflowIdReusePolicy: 'REJECT_DUPLICATE' as const,
});
