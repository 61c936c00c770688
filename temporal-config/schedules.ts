import { ScheduleAlreadyRunning, ScheduleOverlapPolicy } from '@temporalio/client';
import type { Client, ScheduleDescription, ScheduleHandle } from '@temporalio/client';
import { taskQueues } from '../src/workflows/task-queues.ts';

export type ScheduleSettings = {
  everyMinutes: number;
  /** IANA zone in which the schedule's times are shown. */
  timezone: string;
};

/**
 * Makes the schedules, or brings them up to the settings. An operator's pause survives. Any number of processes may do
 * so at once.
 */
export async function ensureSchedules(client: Client, settings: ScheduleSettings): Promise<void> {
  const schedule = analyticsSchedule(settings);
  try {
    await client.schedule.create({ scheduleId: ANALYTICS_SCHEDULE, ...schedule });
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
    await updateIfChanged(client.schedule.getHandle(ANALYTICS_SCHEDULE), schedule);
  }
}

export const ANALYTICS_SCHEDULE = 'analytics:collect-all';

const CATCH_UP_MS = 600_000;

/**
 * Numbers of an hour ago are of no use twice: a run that is due while the last one goes on is skipped, and after an
 * outage only what was missed in the last ten minutes is made up.
 */
function analyticsSchedule({ everyMinutes, timezone }: ScheduleSettings) {
  return {
    spec: { intervals: [{ every: everyMinutes * 60_000 }], timezone },
    action: {
      type: 'startWorkflow' as const,
      workflowType: 'collectAllAnalytics',
      workflowId: ANALYTICS_SCHEDULE,
      taskQueue: taskQueues.orchestrator,
      args: [],
      staticSummary: 'Collects the numbers of every account',
    },
    policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: CATCH_UP_MS },
  };
}

type AnalyticsSchedule = ReturnType<typeof analyticsSchedule>;

async function updateIfChanged(handle: ScheduleHandle, schedule: AnalyticsSchedule): Promise<void> {
  if (isSame(await handle.describe(), schedule)) return;
  await handle.update(({ state: { paused, note } }) => ({
    ...schedule,
    state: { paused, ...(note === undefined ? {} : { note }) },
  }));
}

function isSame({ spec, action, policies }: ScheduleDescription, wanted: AnalyticsSchedule): boolean {
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
