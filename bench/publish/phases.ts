import type { temporal } from '@temporalio/proto';
import { publishWorkflowId } from '../../src/workflows/ids.ts';
import type { PublishPlace } from './place.ts';

/** Mean milliseconds of one publication: each activity from its start to its end, and what was left between them. */
export type Phases = Record<string, number>;

export async function phasesOf({ services }: PublishPlace, publicationIds: readonly string[]) {
  const sums: Phases = {};
  let mostEvents = 0;
  for (const id of publicationIds) {
    const { events } = await services.temporal.workflow.getHandle(publishWorkflowId(id)).fetchHistory();
    mostEvents = Math.max(mostEvents, events?.length ?? 0);
    for (const [phase, ms] of Object.entries(phases(events ?? []))) sums[phase] = (sums[phase] ?? 0) + ms;
  }
  const means = Object.entries(sums).map(([phase, ms]): [string, number] => [phase, ms / publicationIds.length]);
  return { phases: Object.fromEntries(means), mostEvents };
}

type Event = temporal.api.history.v1.IHistoryEvent;

/** Of the own turn alone: what came before it was another post's. */
function phases(events: readonly Event[]): Phases {
  const names = new Map<string, string>();
  const starts = new Map<string, number>();
  const times: Phases = {};
  for (const event of events) {
    const scheduled = event.activityTaskScheduledEventAttributes;
    const started = event.activityTaskStartedEventAttributes;
    const completed = event.activityTaskCompletedEventAttributes;
    if (scheduled) names.set(String(event.eventId), scheduled.activityType?.name ?? '');
    if (started) starts.set(String(started.scheduledEventId), msOf(event));
    if (!completed) continue;
    const at = String(completed.scheduledEventId);
    const name = names.get(at) ?? '';
    times[name] = (times[name] ?? 0) + msOf(event) - (starts.get(at) ?? msOf(event));
  }
  const from = [...names].find(([, name]) => name === 'reserveSession')?.[0];
  const turnStarts = events.find(({ eventId }) => String(eventId) === from);
  const last = events.at(-1);
  if (!turnStarts || !last) return times;
  const whole = msOf(last) - msOf(turnStarts);
  const inside = Object.entries(times).reduce((sum, [name, ms]) => sum + (before.has(name) ? 0 : ms), 0);
  return { ...times, 'between them': whole - inside, 'whole turn': whole };
}

/** Activities that come before the account's turn. */
const before = new Set(['startRun', 'askForTurn']);

const msOf = ({ eventTime }: Event): number =>
  Number(eventTime?.seconds ?? 0) * 1_000 + (eventTime?.nanos ?? 0) / 1_000_000;
