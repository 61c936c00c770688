import { ApplicationFailure } from '@temporalio/common';
import { honestActivities } from './activities.ts';
import { once } from './case.ts';
import type { HistoryCases } from './case.ts';

const input = { publicationId: 'pub_1', accountId: 'acc_1', dueAt: null };

/** So far away that no recording meets them. */
const scheduled = { ...input, dueAt: '2999-01-01T00:00:00.000Z' };
const later = '2999-06-01T00:00:00.000Z';

const cut = new Error('the connection was cut');
const askedForQr = ApplicationFailure.nonRetryable('scan the code', 'needs_login', { reason: 'qr' });
const lostClick = () => once(cut, honestActivities.commitPost);

export const publishCases: HistoryCases = {
  published: () => ({ input }),

  'settled-after-a-lost-answer': () => ({ input, faults: { commitPost: lostClick() } }),

  'clicked-again-when-the-platform-has-nothing': () => ({
    input,
    faults: {
      commitPost: lostClick(),
      settlePost: async () => ({ outcome: 'not_published' }),
    },
  }),

  'worker-lost-before-the-click': () => ({
    input,
    faults: {
      commitPost: lostClick(),
      closeCommitRound: async () => ({ neverClicked: true }),
    },
  }),

  unconfirmed: () => ({
    input,
    faults: {
      commitPost: lostClick(),
      settlePost: async () => ({ outcome: 'unknown', reason: 'the list cannot be read' }),
    },
  }),

  failed: () => ({
    input,
    faults: {
      preparePost: once(
        ApplicationFailure.nonRetryable('no title field', 'selector_drift'),
        honestActivities.preparePost,
      ),
    },
  }),

  'needs-login-then-renewed': () => {
    const paused = Promise.withResolvers<void>();
    const loggedOut = ApplicationFailure.nonRetryable('logged out', 'needs_login');
    return {
      input,
      faults: {
        preparePost: once(loggedOut, honestActivities.preparePost),
        markNeedsLogin: async () => paused.resolve(),
      },
      async steer(run) {
        await paused.promise;
        await run.signal('loginRenewed');
      },
    };
  },

  'login-finished-by-a-person': () => ({
    input,
    faults: { preparePost: once(askedForQr, honestActivities.preparePost) },
  }),

  'login-that-nobody-finished-then-renewed': () => {
    const paused = Promise.withResolvers<void>();
    return {
      input,
      faults: {
        preparePost: once(askedForQr, honestActivities.preparePost),
        handOffLogin: async () => ({ outcome: 'expired' }),
        markNeedsLogin: async () => paused.resolve(),
      },
      async steer(run) {
        await paused.promise;
        await run.signal('loginRenewed');
      },
    };
  },

  'scheduled-moved-then-published-now': () => ({
    input: scheduled,
    async steer(run) {
      await run.executeUpdate('reschedule', { args: [later] });
      await run.executeUpdate('publishNow');
    },
  }),

  'edited-while-the-draft-is-filled': () => {
    const filling = Promise.withResolvers<void>();
    const edited = Promise.withResolvers<void>();
    return {
      input,
      faults: {
        async preparePost() {
          filling.resolve();
          await edited.promise;
        },
      },
      async steer(run) {
        await filling.promise;
        await run.executeUpdate('edit', { args: ['edt_1'] });
        edited.resolve();
      },
    };
  },

  'changed-as-a-whole-then-published-now': () => ({
    input: scheduled,
    async steer(run) {
      await run.executeUpdate('change', { args: [{ editId: 'edt_1', hasContent: true, at: later }] });
      await run.executeUpdate('publishNow');
    },
  }),

  missed: () => ({ input: { ...input, dueAt: '2020-01-01T00:00:00.000Z' } }),

  'scheduled-then-cancelled': () => ({
    input: scheduled,
    steer: (run) => run.executeUpdate('cancel'),
  }),
};
