import { User } from '../../entities/user.ts';
import { AppError } from '../../errors.ts';
import type { Em } from '../../infra/database.ts';
import { lockedByUs } from './account-lock.ts';

/** Changes of who may do what wait for each other until the transaction ends; so two admins cannot remove one another. */
export async function takeTurn(em: Em): Promise<void> {
  await em.execute(`select pg_advisory_xact_lock(hashtextextended('roles and locks of users', 0))`);
}

/**
 * Call it in turn, before the change.
 * @throws AppError `conflict` when nobody else could administer this installation
 */
export async function refuseLastAdmin(em: Em, user: User): Promise<void> {
  if (!administers(user)) return;
  const others = await em.find(User, { role: 'admin', id: { $ne: user.id } });
  if (!others.some(administers)) throw new AppError('conflict', 'This is the last admin; make another one first.');
}

const administers = (user: User) => user.role === 'admin' && !lockedByUs(user);
