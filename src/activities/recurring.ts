import type { MadeOccurrence, NextOccurrence } from '../domain/schedule/schedule.ts';
import type { Services } from '../services.ts';

/** The rows behind `recurringPost`. Each call may be repeated. */
export const recurringActivities = ({ schedule }: Pick<Services, 'schedule'>) => ({
  nextOccurrence: ({ recurringId }: { recurringId: string }): Promise<NextOccurrence> => schedule.run.next(recurringId),

  makeOccurrence: ({ recurringId, local }: OccurrenceToMake): Promise<MadeOccurrence | null> =>
    schedule.run.make(recurringId, local),
});

/** By its local time, as `nextOccurrence` told it. */
export type OccurrenceToMake = { recurringId: string; local: string };
