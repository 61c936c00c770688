import { ScheduleAlreadyRunning, ScheduleOverlapPolicy } from '@temporalio/client';
import type { Client, ScheduleDescription, ScheduleHandle } from '@temporalio/client';
import { taskQueues } from '../src/workflows/task-queues.ts';

export type ScheduleSettings = {
  /** Of the collection of numbers. */
  everyMinutes: number;
  /** IANA zone in which the schedules' times are shown. */
  timezone: string;
};

/**
 * Makes the schedules, or brings them up to the settings. An operator's pause survives. Any number of processes may do
 * so at once.
 */
export async function ensureSchedules(client: Client, { everyMinutes, timezone }: ScheduleSettings): Promise<void> {
  const wanted = [
    regularly({ id: ANALYTICS_SCHEDULE, ...analytics, everyMinutes, timezone }),
    regularly({ id: RECONCILIATION_SCHEDULE, ...reconciliation, timezone }),
  ];
  for (const { scheduleId, ...schedule } of wanted) {
    try {
      await client.schedule.create({ scheduleId, ...schedule });
    } catch (error) {
      if (!(error instanceof ScheduleAlreadyRunning)) throw error;
      await updateIfChanged(client.schedule.getHandle(scheduleId), schedule);
    }
  }
}

export const ANALYTICS_SCHEDULE = 'analytics:collect-all';
export const RECONCILIATION_SCHEDULE = 'usage:reconcile';

const analytics = { workflowType: 'collectAllAnalytics', summary: 'Collects the numbers of every account' };
/** Also the longest time for which limits are too generous after Redis has lost its memory. */
const reconciliation = {
  workflowType: 'reconcileUsage',
  summary: 'Compares what limits count with the ledger',
  everyMinutes: 10,
};

const CATCH_UP_MS = 600_000;

type Regular = { id: string; workflowType: string; summary: string; everyMinutes: number; timezone: string };

/**
 * What is done at regular times is of no use twice: a run that is due while the last one goes on is skipped, and after an
 * outage only what was missed in the last ten minutes is made up.
 */
function regularly({ id, workflowType, summary, everyMinutes, timezone }: Regular) {
  return {
    scheduleId: id,
    spec: { intervals: [{ every: everyMinutes * 60_000 }], timezone },
    action: {
      type: 'startWorkflow' as const,
      workflowType,
      workflowId: id,
      taskQueue: taskQueues.orchestrator,
      args: [],
      staticSummary: summary,
    },
    policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: CATCH_UP_MS },
  };
}

type RegularSchedule = Omit<ReturnType<typeof regularly>, 'scheduleId'>;

async function updateIfChanged(handle: ScheduleHandle, schedule: RegularSchedule): Promise<void> {
  if (isSame(await handle.describe(), schedule)) return;
  await handle.update(({ state: { paused, note } }) => ({
    ...schedule,
    state: { paused, ...(note === undefined ? {} : { note }) },
  }));
}

function isSame({ spec, action, policies }: ScheduleDescription, wanted: RegularSchedule): boolean {
  return (
    spec.intervals?.length === 1 &&
    spec.intervals[0]?.every === wanted.spec.intervals[0]?.every &&
    spec.timezone === wanted.spec.timezone &&
    action.workflowType === wanted.action.workflowType &&
    action.taskQueue === wanted.action.taskQueue &&
    policies.overlap === wanted.policies.overlap &&
    policies.catchupWindow === wanted.policies.catchupWindow
  );
}
