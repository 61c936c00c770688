import { ApplicationFailure } from '@temporalio/common';
import { honestActivities } from './activities.ts';
import { once } from './case.ts';
import type { HistoryCases } from './case.ts';

const input = { publicationId: 'pub_1', accountId: 'acc_1', dueAt: null };
const askedAt = '2026-01-01T00:00:00.000Z';
const later = '2999-06-01T00:00:00.000Z';

const waiting = { kind: 'wait', askedAt, why: 'queue' } as const;

/** What may happen to `publish` before its account has a turn for it. */
export const publishTurnCases: HistoryCases = {
  'waited-for-its-turn': () => ({
    input,
    faults: { askForTurn: async () => waiting },
    steer: (run) => run.signal('turn', { givenTo: askedAt }),
  }),

  'moved-while-it-waited-for-its-turn': () => {
    const asked = Promise.withResolvers<void>();
    return {
      input,
      faults: {
        async askForTurn() {
          asked.resolve();
          return waiting;
        },
      },
      async steer(run) {
        await asked.promise;
        await run.executeUpdate('reschedule', { args: [later] });
        await run.executeUpdate('cancel');
      },
    };
  },

  'waited-for-the-login-of-its-account': () => {
    const answers = [{ kind: 'needs_login', message: 'log in' } as const];
    const asked = Promise.withResolvers<void>();
    return {
      input,
      faults: {
        async askForTurn() {
          asked.resolve();
          return answers.pop() ?? { kind: 'yours' };
        },
      },
      async steer(run) {
        await asked.promise;
        await run.signal('loginRenewed');
      },
    };
  },

  'lacked-a-grant-then-got-one': () => {
    const paused = Promise.withResolvers<void>();
    const lacking = ApplicationFailure.nonRetryable('there is no grant', 'needs_grant');
    return {
      input,
      faults: {
        preparePost: once(lacking, honestActivities.preparePost),
        recordFailure: async () => paused.resolve(),
      },
      async steer(run) {
        await paused.promise;
        await run.signal('loginRenewed');
      },
    };
  },

  'cooled-down-then-published': () => {
    const risk = ApplicationFailure.create({
      type: 'risk_signal',
      nonRetryable: true,
      details: [{ signal: 'captcha' }],
    });
    return { input, faults: { preparePost: once(risk, honestActivities.preparePost) } };
  },

  'cooled-down-while-it-was-settled': () => {
    const risk = ApplicationFailure.create({
      type: 'risk_signal',
      nonRetryable: true,
      details: [{ signal: 'captcha' }],
    });
    return {
      input,
      faults: {
        commitPost: once(new Error('the connection was cut'), honestActivities.commitPost),
        settlePost: once(risk, honestActivities.settlePost),
      },
    };
  },
};

export const accountCases: HistoryCases = {
  'gave-turns-until-nobody-waited': () => {
    const lookInMs = 600_000;
    const answers = [
      { kind: 'held', publicationId: 'pub_1', lookInMs } as const,
      { kind: 'wait', why: 'gap', until: askedAt } as const,
    ];
    const looked = Promise.withResolvers<void>();
    return {
      input: { accountId: 'acc_1' },
      faults: {
        async giveTurn() {
          looked.resolve();
          return answers.shift() ?? { kind: 'nobody' };
        },
      },
      async steer(run) {
        await looked.promise;
        await run.signal('look');
      },
    };
  },
};
