import { ApiKey } from '../../entities/api-key.ts';
import { User } from '../../entities/user.ts';
import type { Database } from '../../infra/database.ts';
import { usageKeys } from './hold.ts';

/** A user, or one key of a user, and where its counters are. */
export type Payer = { userId: string; keyId: string | null; scope: string };

/** All that may have counters: the users after an id, in the order of ids, with their keys. */
export async function payersOf(database: Database, { after, limit }: { after: string | null; limit: number }) {
  const em = database.em.fork();
  const where = after === null ? {} : { id: { $gt: after } };
  const users = await em.find(User, where, { fields: ['id'], orderBy: { id: 'asc' }, limit: limit + 1 });
  const ids = users.slice(0, limit).map(({ id }) => id);
  const keys = await em.find(ApiKey, { userId: { $in: ids } }, { fields: ['id', 'userId'] });
  const payers = [...ids.map((userId) => payer(userId, null)), ...keys.map(({ id, userId }) => payer(userId, id))];
  return { payers, next: users.length > limit ? (ids.at(-1) ?? null) : null };
}

const payer = (userId: string, keyId: string | null): Payer => ({
  userId,
  keyId,
  scope: usageKeys(userId).scope(keyId ?? userId),
});
