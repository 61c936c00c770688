import { LockMode } from '@mikro-orm/core';
import { Credential } from '../../entities/credential.ts';
import { PlatformAccount } from '../../entities/platform-account.ts';
import type { Database } from '../../infra/database.ts';
import type { Logger } from '../../infra/logger.ts';
import { createGrants } from './grants.ts';
import { createLegacySecrets } from './legacy-secrets.ts';
import { createOwnerView } from './owner-view.ts';
import { createStoredCredentials } from './stored-credentials.ts';
import { createWorkerKeys } from './worker-keys.ts';

export { envelopeSchema } from './envelope-schema.ts';
export { sealedGrantSchema } from './grant-schema.ts';
export type { LoginState } from './login-state.ts';
export type { FreshState, GrantToAdd, GrantToOpen, OpenedGrant } from './grants.ts';
export type { KeyUse, WorkerKey } from './worker-keys.ts';
export type { SyncedAccount, Upload, Uploaded } from './stored-credentials.ts';

/**
 * Login states that the server stores and cannot read, and the grants by which a browser worker can, for one purpose
 * and a limited time. See docs/credentials.md.
 */
export function createCredentials(dependencies: CredentialDependencies) {
  const { database, now } = dependencies;
  const keys = createWorkerKeys(dependencies);
  return {
    ...createStoredCredentials(dependencies),
    ...createGrants({ ...dependencies, takesKey: (keyId) => keys.takesKey(keyId) }),
    ...createOwnerView(dependencies),
    ...keys,
    ...createLegacySecrets({ database, now, workerKey: () => keys.workerKey() }),

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

export type CredentialDependencies = {
  database: Database;
  /** Comma-separated, the first one current. */
  workerPublicKey: string | undefined;
  now: () => Date;
  logger: Logger;
};

export type Credentials = ReturnType<typeof createCredentials>;
