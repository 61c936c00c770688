import { AdminAction } from '../../entities/admin-action.ts';
import { fieldError } from '../../errors.ts';
import type { Database, Em } from '../../infra/database.ts';
import { withoutSecrets } from './without-secrets.ts';

export type NewAction = {
  userId: string;
  /** Thing and verb, as `provider.rotate-key`. */
  action: string;
  /** The id of what was changed. */
  target: string;
  /** The request; secrets are cut out of it before it is written. */
  details: Record<string, unknown>;
};

export type ActionView = NewAction & { id: number; createdAt: Date };
export type ActionPage = { actions: ActionView[]; nextCursor: string | null };
export type AdminActions = ReturnType<typeof createAdminActions>;

/** Who of us changed what. */
export function createAdminActions({ database, now }: { database: Database; now: () => Date }) {
  async function record(em: Em, { details, ...action }: NewAction): Promise<void> {
    await em.insert(AdminAction, { ...action, details: withoutSecrets(details), createdAt: now() });
  }

  return {
    /** @param em whose transaction makes the change, so that neither is there without the other */
    record,
    /**
     * Newest first.
     * @param page the cursor is the id of the last action of the page before
     * @throws AppError `invalid_request` for any other cursor
     */
    async list({ limit, cursor }: { limit: number; cursor: string | null }): Promise<ActionPage> {
      const which = cursor === null ? {} : { id: { $lt: idOf(cursor) } };
      const options = { orderBy: { id: 'desc' }, limit: limit + 1 } as const;
      const found = await database.em.fork().find(AdminAction, which, options);
      const actions = found.slice(0, limit);
      return { actions, nextCursor: found.length > limit ? `${actions.at(-1)?.id}` : null };
    },
  };
}

function idOf(cursor: string): number {
  if (/^[0-9]{1,15}$/.test(cursor)) return Number(cursor);
  throw fieldError('invalid_request', 'cursor', 'must be the next_cursor of an earlier page');
}
