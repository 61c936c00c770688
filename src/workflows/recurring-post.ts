import {
  condition,
  continueAsNew,
  defineSignal,
  setCurrentDetails,
  setHandler,
  sleep,
  startChild,
} from '@temporalio/workflow';
import type { MadeOccurrence } from '../domain/schedule/schedule.ts';
import { store } from './activities.ts';
import { publishWorkflowId } from './ids.ts';
import type { publish } from './publish.ts';

export type RecurringPostInput = { recurringId: string };

/** Sent after the row has changed: what to wait for is asked again. */
export const recurringChanged = defineSignal('recurringChanged');

/** Makes a recurring post's occurrences, each at its time and once, and leaves each to a run of its own. */
export async function recurringPost({ recurringId }: RecurringPostInput): Promise<void> {
  let changes = 0;
  setHandler(recurringChanged, () => void (changes += 1));
  for (let turn = 1, absences = 0; turn <= TURNS_A_RUN; turn++) {
    const seen = changes;
    const isChanged = () => changes !== seen;
    const next = await store.nextOccurrence.executeWithOptions({ summary: 'What is next?' }, [{ recurringId }]);
    switch (next.kind) {
      case 'ended':
        return setCurrentDetails('Ended');
      case 'absent': // begun before its row was committed, which never was or will be in a moment
        if ((absences += 1) > MOST_ABSENCES) return setCurrentDetails('There is no such recurring post');
        await sleep(BETWEEN_ABSENCES_MS, { summary: 'Until its row is there' });
        break;
      case 'paused':
        setCurrentDetails('Paused');
        await condition(isChanged, LONGEST_PAUSE_UNSEEN, { summary: 'Paused' });
        break;
      case 'due':
        setCurrentDetails(`Waits until ${next.at}`);
        if (!(await isBefore(next.at, isChanged))) await publishOccurrence(next.local);
    }
  }
  await continueAsNew<typeof recurringPost>({ recurringId });

  async function publishOccurrence(local: string): Promise<void> {
    const summary = `Makes the publication of ${local}`;
    const made = await store.makeOccurrence.executeWithOptions({ summary }, [{ recurringId, local }]);
    if (made) await startPublication(made);
  }
}

const TURNS_A_RUN = 50;
const MOST_ABSENCES = 12;
const BETWEEN_ABSENCES_MS = 5_000;
/** A signal that was lost with the API's process is made up for so much later. */
const LONGEST_PAUSE_UNSEEN = '6h';

/** Waits for a time. @returns whether the change came before */
async function isBefore(at: string, isChanged: () => boolean): Promise<boolean> {
  const waitMs = Date.parse(at) - Date.now();
  return waitMs > 0 ? condition(isChanged, waitMs, { summary: `Until the next one: ${at}` }) : isChanged();
}

async function startPublication({ publicationId, userId, accountId, platform, dueAt }: MadeOccurrence): Promise<void> {
  try {
    await startChild<typeof publish>('publish', {
      workflowId: publishWorkflowId(publicationId),
      args: [{ publicationId, accountId, dueAt }],
      staticSummary: `Publishes to ${platform}`,
      typedSearchAttributes: attributesOf({ userId, accountId, platform }),
      priority: { fairnessKey: userId },
      parentClosePolicy: 'ABANDON',
      cancellationType: 'ABANDON',
      workflowIdReusePolicy: 'REJECT_DUPLICATE',
    });
  } catch (error) {
    if (!(error instanceof Error && error.name === 'WorkflowExecutionAlreadyStartedError')) throw error;
  }
}

/** The names and types of `infra/temporal/search-attributes.ts`, which a workflow cannot import. */
const attributesOf = (values: Pick<MadeOccurrence, 'userId' | 'accountId' | 'platform'>) => [
  { key: { name: 'TaskKind', type: 'KEYWORD' as const }, value: 'publication' },
  { key: { name: 'UserId', type: 'KEYWORD' as const }, value: values.userId },
  { key: { name: 'AccountId', type: 'KEYWORD' as const }, value: values.accountId },
  { key: { name: 'Platform', type: 'KEYWORD' as const }, value: values.platform },
];
