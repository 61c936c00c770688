import type { NextOccurrence } from '../../src/domain/schedule/schedule.ts';
import type { HistoryCases } from './case.ts';

const input = { recurringId: 'rec_1' };

const due: NextOccurrence = { kind: 'due', local: '2026-01-01T09:00', at: '2026-01-01T08:00:00.000Z' };
const faraway: NextOccurrence = { kind: 'due', local: '2999-01-01T09:00', at: '2999-01-01T08:00:00.000Z' };
const ended: NextOccurrence = { kind: 'ended' };

const made = {
  publicationId: 'pub_recurring',
  userId: 'usr_1',
  accountId: 'acc_1',
  platform: 'wordpress',
  dueAt: null,
};

/** The row as the run finds it, from one look to the next. */
function looks(answers: NextOccurrence[]) {
  const rest = [...answers];
  return async () => rest.shift() ?? ended;
}

export const recurringCases: HistoryCases = {
  'one-occurrence-then-ended': () => ({
    input,
    faults: { nextOccurrence: looks([due]), makeOccurrence: async () => made },
  }),

  'not-wanted-any-more': () => ({ input, faults: { nextOccurrence: looks([due]) } }),

  'begun-before-its-row': () => ({ input, faults: { nextOccurrence: looks([{ kind: 'absent' }, due]) } }),

  'changed-while-it-waited-and-while-it-was-paused': () => {
    const waits = looks([faraway, { kind: 'paused' }]);
    const asked = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    let looked = 0;
    return {
      input,
      faults: {
        async nextOccurrence() {
          asked[looked++]?.resolve();
          return waits();
        },
      },
      async steer(run) {
        for (const { promise } of asked) {
          await promise;
          await run.signal('recurringChanged');
        }
      },
    };
  },

  'first-of-two-runs': () => ({ input, faults: { nextOccurrence: looks(Array.from({ length: 50 }, () => due)) } }),
};
