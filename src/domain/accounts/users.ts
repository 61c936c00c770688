import { LockMode } from '@mikro-orm/core';
import { Tier } from '../../entities/tier.ts';
import { User } from '../../entities/user.ts';
import type { Role } from '../../entities/user.ts';
import { AppError, fieldError } from '../../errors.ts';
import type { Database, Em } from '../../infra/database.ts';
import { createAdminActions } from '../admin/admin.ts';
import type { Principal } from './access-tokens.ts';
import { lockedByUs, UNTIL_WE_OPEN_IT } from './account-lock.ts';
import { refuseLastAdmin, takeTurn } from './admins.ts';
import type { KeyCache } from './key-cache.ts';

/** An account as operators see it. `loginLockedUntil` is the lock of failed logins, which opens by itself. */
export type UserRecord = {
  id: string;
  email: string;
  role: Role;
  tier: string;
  locked: boolean;
  loginLockedUntil: Date | null;
  createdAt: Date;
};

/** What is absent stays as it is. */
export type UserChanges = { tier?: string | undefined; role?: Role | undefined; locked?: boolean | undefined };
export type UserSearch = { emailPrefix: string | null; limit: number; cursor: string | null };

type Parts = { database: Database; cache: KeyCache; now: () => Date };

/** The accounts of an installation, as operators and admins manage them. */
export function createUsers({ database, cache, now }: Parts) {
  const actions = createAdminActions({ database, now });
  return {
    /**
     * Newest first.
     * @param page the cursor is the id of the last user of the page before
     * @throws AppError `invalid_request` for any other cursor
     */
    async list({
      emailPrefix,
      limit,
      cursor,
    }: UserSearch): Promise<{ users: UserRecord[]; nextCursor: string | null }> {
      const where = {
        ...(emailPrefix !== null && { email: { $like: `${literal(emailPrefix.toLowerCase())}%` } }),
        ...(cursor !== null && { id: { $lt: idOf(cursor) } }),
      };
      const found = await database.em.fork().find(User, where, { orderBy: { id: 'desc' }, limit: limit + 1 });
      const users = found.slice(0, limit).map((user) => recordOf(user, now()));
      return { users, nextCursor: found.length > limit ? (users.at(-1)?.id ?? null) : null };
    },

    /** @throws AppError `not_found` */
    async get(id: string): Promise<UserRecord> {
      return recordOf(await userOf(database.em.fork(), id), now());
    },

    /**
     * Holds for the user's keys in every process within a second. A role is in the access token, so a new one shows when
     * that is next issued. A locked account can neither log in, nor refresh, nor use its keys; its access token lives on
     * until it expires.
     * @throws AppError `not_found`; `invalid_request` for an unknown tier; `forbidden` when an operator changes a role, or
     * an admin's account; `conflict` when the last admin would go; `unavailable` when not every process could be told
     */
    async change(by: Principal, id: string, changes: UserChanges): Promise<UserRecord> {
      const changed = await database.em.fork().transactional(async (em) => {
        await takeTurn(em);
        const user = await userOf(em, id);
        refuseOperator(by, user, changes);
        if (endsAdmin(changes)) await refuseLastAdmin(em, user);
        await apply(em, user, changes);
        await actions.record(em, { userId: by.userId, action: 'user.change', target: id, details: changes });
        return user;
      });
      await cache.forget({ kind: 'user', id });
      return recordOf(changed, now());
    },
  };
}

/** A backslash, which is what Postgres expects before a wildcard that is none. */
const literal = (text: string) => text.replaceAll(/[\\%_]/g, '\\$&');

function idOf(cursor: string): string {
  if (/^usr_[0-9a-z]{26}$/.test(cursor)) return cursor;
  throw fieldError('invalid_request', 'cursor', 'must be the next_cursor of an earlier page');
}

async function userOf(em: Em, id: string): Promise<User> {
  const user = await em.findOne(User, { id });
  if (!user) throw new AppError('not_found', 'There is no such user.');
  return user;
}

function refuseOperator(by: Principal, user: User, { role }: UserChanges): void {
  if (by.role === 'admin') return;
  if (role !== undefined) throw fieldError('forbidden', 'role', 'only admins give roles');
  if (user.role === 'admin') throw new AppError('forbidden', 'The account of an admin is for admins only.');
}

const endsAdmin = ({ role, locked }: UserChanges) => (role !== undefined && role !== 'admin') || locked === true;

async function apply(em: Em, user: User, { tier, role, locked }: UserChanges): Promise<void> {
  if (tier !== undefined) user.tierId = await existingTier(em, tier);
  if (role !== undefined) user.role = role;
  if (locked === undefined) return;
  user.lockedUntil = locked ? UNTIL_WE_OPEN_IT : null;
  if (!locked) user.failedLogins = 0;
}

/** Cannot be deleted before the transaction ends. */
async function existingTier(em: Em, id: string): Promise<string> {
  const tier = await em.findOne(Tier, { id }, { lockMode: LockMode.PESSIMISTIC_READ });
  if (!tier) throw fieldError('invalid_request', 'tier', 'there is no such tier');
  return tier.id;
}

function recordOf(user: User, at: Date): UserRecord {
  const { id, email, role, tierId, lockedUntil, createdAt } = user;
  const locked = lockedByUs(user);
  const loginLockedUntil = !locked && lockedUntil && lockedUntil > at ? lockedUntil : null;
  return { id, email, role, tier: tierId, locked, loginLockedUntil, createdAt };
}
