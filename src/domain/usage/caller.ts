import { ApiKey } from '../../entities/api-key.ts';
import type { ModelType } from '../../entities/model.ts';
import { Tier } from '../../entities/tier.ts';
import { User } from '../../entities/user.ts';
import { AppError } from '../../errors.ts';
import type { Database } from '../../infra/database.ts';
import { allLimits, noLimits } from './limits.ts';
import type { Limits } from './limits.ts';

/** Who pays for a call, and what they may use. `keyId` is null when a person calls without an API key. */
export type Caller = {
  userId: string;
  keyId: string | null;
  userLimits: Limits;
  keyLimits: Limits;
  /** Model or group names that the key may use; null allows all. */
  allowedModels: string[] | null;
  /** What the user's tier opens and shuts, by type and by name. */
  allowedModelTypes: ModelType[] | null;
  blockedModels: string[] | null;
};

/**
 * A user under the limits of the user's tier, and of a key if there is one.
 * @throws AppError `not_found`
 */
export async function callerOf(database: Database, { userId, keyId }: Payer): Promise<Caller> {
  const em = database.em.fork();
  const user = await em.findOne(User, { id: userId });
  if (!user) throw new AppError('not_found', 'There is no such user.', { details: { user_id: userId } });
  const tier = await em.findOneOrFail(Tier, { id: user.tierId });
  const key = keyId === null ? null : await em.findOne(ApiKey, { id: keyId, userId });
  if (keyId !== null && !key) throw new AppError('not_found', 'There is no such API key.');
  return {
    userId,
    keyId,
    userLimits: allLimits(tier),
    keyLimits: key ? allLimits(key) : noLimits,
    allowedModels: key?.allowedModels ?? null,
    allowedModelTypes: tier.allowedModelTypes ?? null,
    blockedModels: tier.blockedModels ?? null,
  };
}

type Payer = { userId: string; keyId: string | null };
