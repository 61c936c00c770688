import { User } from '../../entities/user.ts';
import type { Role } from '../../entities/user.ts';
import { AppError } from '../../errors.ts';
import type { Database } from '../../infra/database.ts';
import { createAdminActions } from '../admin/admin.ts';
import { refuseLastAdmin, takeTurn } from './admins.ts';

type Grant = { email: string; role: Role; at: Date };

/**
 * Gives somebody a role from the command line, which is how the first admin comes to be.
 * @returns the role that it was
 * @throws AppError `not_found` for an unknown address, `conflict` when it is the last admin's
 */
export async function grantRole(database: Database, { email, role, at }: Grant): Promise<Role> {
  const actions = createAdminActions({ database, now: () => at });
  return database.em.fork().transactional(async (em) => {
    await takeTurn(em);
    const user = await em.findOne(User, { email: email.toLowerCase() });
    if (!user) throw new AppError('not_found', `There is no account with the address ${email}.`);
    const { role: before } = user;
    if (role !== 'admin') await refuseLastAdmin(em, user);
    user.role = role;
    const details = { role, by: 'command line' };
    await actions.record(em, { userId: user.id, action: 'user.change', target: user.id, details });
    return before;
  });
}
