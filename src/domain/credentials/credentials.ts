import { LockMode } from '@mikro-orm/core';
import { workerKeyId } from '../../client/client.ts';
import { Credential } from '../../entities/credential.ts';
import { PlatformAccount } from '../../entities/platform-account.ts';
import { AppError } from '../../errors.ts';
import { createGrants } from './grants.ts';
import type { GrantDependencies } from './grants.ts';
import { createOwnerView } from './owner-view.ts';
import { createStoredCredentials } from './stored-credentials.ts';

export { envelopeSchema } from './envelope-schema.ts';
export { sealedGrantSchema } from './grant-schema.ts';
export type { LoginState } from './login-state.ts';
export type { FreshState, GrantToAdd, GrantToOpen, OpenedGrant } from './grants.ts';
export type { SyncedAccount, Upload, Uploaded } from './stored-credentials.ts';

/**
 * Login states that the server stores and cannot read, and the grants by which a browser worker can, for one purpose
 * and a limited time. See docs/credentials.md.
 */
export function createCredentials(dependencies: GrantDependencies) {
  const { database, workerPublicKey } = dependencies;
  return {
    ...createStoredCredentials(dependencies),
    ...createGrants(dependencies),
    ...createOwnerView(dependencies),

    /** What grants are sealed to. @throws AppError `unavailable` where no worker key is configured */
    async workerKey(): Promise<WorkerKey> {
      if (!workerPublicKey) throw new AppError('unavailable', 'No browser worker key is configured.');
      return { key_id: await workerKeyId(workerPublicKey), public_key: workerPublicKey, algorithm: ALGORITHM };
    },

    /**
     * Pauses the account until new credentials are uploaded. Given the version that failed, it does nothing when newer
     * credentials have come meanwhile.
     */
    async markNeedsLogin(accountId: string, failedVersion?: number): Promise<void> {
      const em = database.em.fork();
      await em.transactional(async (inner) => {
        const account = await inner.findOneOrFail(PlatformAccount, accountId, { lockMode: LockMode.PESSIMISTIC_WRITE });
        const credential = await inner.findOne(Credential, { accountId });
        const outdated = failedVersion !== undefined && credential?.version !== failedVersion;
        if (account.health === 'active' && !outdated) account.health = 'needs_login';
      });
    },
  };
}

export type Credentials = ReturnType<typeof createCredentials>;

export type WorkerKey = { key_id: string; public_key: string; algorithm: typeof ALGORITHM };

/** RFC 9180 names of KEM, KDF and AEAD. */
const ALGORITHM = 'DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM';
