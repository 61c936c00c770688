import { Tier } from '../../entities/tier.ts';
import { User } from '../../entities/user.ts';
import { AppError } from '../../errors.ts';
import type { Database } from '../../infra/database.ts';
import { noLimits, tierLimits } from './limits.ts';
import type { Limits } from './limits.ts';

/** Who pays for a call, and what they may use. `keyId` is null when a person calls without an API key. */
export type Caller = {
  userId: string;
  keyId: string | null;
  userLimits: Limits;
  keyLimits: Limits;
  /** Model or group names; null allows all. */
  allowedModels: string[] | null;
};

/**
 * The user without a key, under the limits of the user's tier.
 * @throws AppError `not_found`
 */
export async function userCaller(database: Database, userId: string): Promise<Caller> {
  const em = database.em.fork();
  const user = await em.findOne(User, { id: userId });
  if (!user) throw new AppError('not_found', 'There is no such user.', { details: { user_id: userId } });
  const tier = await em.findOneOrFail(Tier, { id: user.tierId });
  return { userId, keyId: null, userLimits: tierLimits(tier), keyLimits: noLimits, allowedModels: null };
}
