import { sleep } from '@temporalio/workflow';

/** What a workflow must do at least to be awake at a time. */
export async function bareTimer({ dueMs }: { dueMs: number }): Promise<void> {
  await sleep(Math.max(1, dueMs - Date.now()));
}
