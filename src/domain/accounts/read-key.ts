import { ApiKey } from '../../entities/api-key.ts';
import type { ApiKeyStatus } from '../../entities/api-key.ts';
import { Tier } from '../../entities/tier.ts';
import { User } from '../../entities/user.ts';
import type { Database } from '../../infra/database.ts';
import type { Caller } from '../usage/usage.ts';
import { lockedByUs } from './account-lock.ts';
import { allLimits } from '../usage/usage.ts';

/** All that a call with a key needs to know. */
export type KnownKey = {
  caller: Caller & { keyId: string };
  tierId: string;
  status: ApiKeyStatus;
  /** Never: infinity. */
  expiresAtMs: number;
  accountLocked: boolean;
};

/** Null: there is no such key. */
export async function readKey(database: Database, keyHash: string): Promise<KnownKey | null> {
  const em = database.em.fork();
  const key = await em.findOne(ApiKey, { keyHash });
  if (!key) return null;
  const user = await em.findOneOrFail(User, { id: key.userId });
  const tier = await em.findOneOrFail(Tier, { id: user.tierId });
  const caller = {
    userId: user.id,
    keyId: key.id,
    userLimits: allLimits(tier),
    keyLimits: allLimits(key),
    allowedModels: key.allowedModels ?? null,
    allowedModelTypes: tier.allowedModelTypes ?? null,
    blockedModels: tier.blockedModels ?? null,
  };
  return {
    caller,
    tierId: tier.id,
    status: key.status,
    expiresAtMs: key.expiresAt?.getTime() ?? Infinity,
    accountLocked: lockedByUs(user),
  };
}
