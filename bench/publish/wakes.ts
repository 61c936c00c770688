import type { WorkflowClient } from '@temporalio/client';

/** `lastAfterMs`: when the last one was awake, after the moment that all of them waited for. */
export type Wakes = { count: number; lastAfterMs: number; perSecond: number };

/** By the histories: a workflow is awake when a worker has its first task after its timer. */
export async function wakesOf(
  workflow: WorkflowClient,
  { ids, dueMs }: { ids: string[]; dueMs: number },
): Promise<Wakes> {
  let lastAfterMs = 0;
  for (const id of ids) {
    const { events } = await workflow.getHandle(id).fetchHistory();
    const fired = events?.findIndex((event) => event.timerFiredEventAttributes) ?? -1;
    const awake =
      fired < 0 ? undefined : events?.slice(fired).find((event) => event.workflowTaskStartedEventAttributes);
    const { seconds, nanos } = awake?.eventTime ?? {};
    if (!awake) throw new Error(`${id} was not woken by a timer`);
    lastAfterMs = Math.max(lastAfterMs, Number(seconds) * 1_000 + Number(nanos) / 1_000_000 - dueMs);
  }
  return { count: ids.length, lastAfterMs, perSecond: (ids.length * 1_000) / lastAfterMs };
}
