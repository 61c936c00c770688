import { PlatformAccount } from '../../entities/platform-account.ts';
import { AppError } from '../../errors.ts';
import type { Database } from '../../infra/database.ts';
import { createAdminActions } from '../admin/admin.ts';
import type { SessionRegistry, WorkerLoad } from './session-registry.ts';
import type { WorkerOrder } from './worker-report.ts';

export type FleetOptions = {
  database: Database;
  registry: Pick<SessionRegistry, 'workers' | 'order'>;
  now: () => Date;
};

/** All browser workers and their sessions, as operators see and order them. */
export function createBrowserFleet({ database, registry, now }: FleetOptions) {
  const actions = createAdminActions({ database, now });
  return {
    workers: (): Promise<WorkerLoad[]> => registry.workers(),

    async sessions(): Promise<FleetSession[]> {
      const held = (await registry.workers()).flatMap(({ workerId, report }) =>
        report.sessions.map((session) => Object.assign(session, { workerId })),
      );
      const ids = held.map(({ accountId }) => accountId);
      const accounts = await database.em.fork().find(PlatformAccount, { id: { $in: ids } });
      const byId = new Map(accounts.map((account) => [account.id, account]));
      return held.map((session) => {
        const account = byId.get(session.accountId);
        return Object.assign(session, { userId: account?.userId ?? null, platform: account?.platform ?? null });
      });
    },

    /**
     * Null lets a drained worker take sessions again.
     * @throws AppError `not_found` when no such worker is alive
     */
    async order(by: { userId: string }, workerId: string, order: WorkerOrder | null): Promise<void> {
      await database.em.fork().transactional(async (em) => {
        const action = `browser-worker.${order ?? 'undrain'}`;
        await actions.record(em, { userId: by.userId, action, target: workerId, details: {} });
        if (await registry.order(workerId, order)) return;
        throw new AppError('not_found', 'There is no such browser worker.', { details: { field: 'id' } });
      });
    },
  };
}

export type BrowserFleet = ReturnType<typeof createBrowserFleet>;

export type FleetSession = WorkerLoad['report']['sessions'][number] & {
  workerId: string;
  userId: string | null;
  platform: string | null;
};
