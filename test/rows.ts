/** Rows that many tests begin with. */
import { User } from '../src/entities/user.ts';
import type { Em } from '../src/infra/database.ts';
import { newId } from '../src/infra/ids.ts';

/** A user on the default tier who cannot log in. */
export async function testUser(em: Em): Promise<User> {
  const id = newId('usr');
  const user = em.create(User, {
    id,
    email: `${id}@example.com`,
    passwordHash: '-',
    tierId: 'free',
    createdAt: new Date(),
  });
  await em.persist(user).flush();
  return user;
}
