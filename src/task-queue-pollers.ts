import proto from '@temporalio/proto';
import type { Client } from '@temporalio/client';
import type { WorkerPresence } from './infra/worker-presence.ts';

export type PollersDependencies = { temporal: Client; presence: Pick<WorkerPresence, 'living'>; now: () => Date };

export type QueueKind = 'workflow' | 'activity';

/** How many workers poll a queue now: those that Temporal has seen within a long poll, and whose process lives. */
export function createTaskQueuePollers({ temporal, presence, now }: PollersDependencies) {
  return async (queue: string, kind: QueueKind): Promise<number> => {
    const { pollers } = await temporal.workflowService.describeTaskQueue({
      namespace: temporal.options.namespace,
      taskQueue: { name: queue },
      taskQueueType: types[kind],
    });
    const oldest = now().getTime() / 1_000 - STALE_POLL_SECONDS;
    const recent = pollers.filter(({ lastAccessTime }) => Number(lastAccessTime?.seconds ?? 0) >= oldest);
    return (await presence.living(recent.map(({ identity }) => identity ?? ''))).size;
  };
}

export type TaskQueuePollers = ReturnType<typeof createTaskQueuePollers>;

const { TASK_QUEUE_TYPE_WORKFLOW, TASK_QUEUE_TYPE_ACTIVITY } = proto.temporal.api.enums.v1.TaskQueueType;
const types = { workflow: TASK_QUEUE_TYPE_WORKFLOW, activity: TASK_QUEUE_TYPE_ACTIVITY } as const;

/** A long poll lasts a minute, so a live worker's last one is at most that old. */
const STALE_POLL_SECONDS = 75;
