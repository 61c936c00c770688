import { WorkflowNotFoundError } from '@temporalio/client';
import type { Client } from '@temporalio/client';
import type { AccountName, TurnNews, TurnRuns } from '../domain/turns/turns.ts';
import type { account as accountRun } from '../workflows/account.ts';
import { accountWorkflowId, publishWorkflowId } from '../workflows/ids.ts';
import { common, pair } from './start-once.ts';

/** Reaches the runs of accounts and of the publications that wait for them. */
export function createTurnRuns({ temporal }: { temporal: Client }): TurnRuns {
  const runOf = (publicationId: string) => temporal.workflow.getHandle(publishWorkflowId(publicationId));
  return {
    wake: (account: AccountName) => wakeAccount(temporal, account),

    async watch(account: AccountName) {
      await temporal.workflow.start<typeof accountRun>('account', {
        ...optionsOf(account),
        workflowIdConflictPolicy: 'USE_EXISTING',
      });
    },

    tell: (publicationId: string, news: TurnNews) =>
      unlessGone(async () => {
        await runOf(publicationId).signal('turn', news);
        return true;
      }),

    isRunning: (publicationId: string) =>
      unlessGone(async () => (await runOf(publicationId).describe()).status.name === 'RUNNING'),
  };
}

/** Tells the account's run that it is to look again; one that is not there is started. */
export async function wakeAccount(temporal: Client, account: AccountName): Promise<void> {
  await temporal.workflow.signalWithStart<typeof accountRun>('account', { ...optionsOf(account), signal: 'look' });
}

function optionsOf({ accountId, userId, platform }: AccountName) {
  const attributes = [
    pair('taskKind', 'account'),
    pair('userId', userId),
    pair('accountId', accountId),
    pair('platform', platform),
  ];
  const args: Parameters<typeof accountRun> = [{ accountId }];
  return {
    ...common(accountWorkflowId(accountId), `Gives the turns of an account on ${platform}`, attributes),
    workflowIdReusePolicy: 'ALLOW_DUPLICATE' as const,
    args,
  };
}

async function unlessGone(ask: () => Promise<boolean>): Promise<boolean> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
}
