import { DoesNotOpen, openEnvelope, sealGrant } from '../../client/client.ts';
import type { EnvelopeKeys, SealedGrant } from '../../client/client.ts';
import { Credential } from '../../entities/credential.ts';
import { PlatformAccount } from '../../entities/platform-account.ts';
import { AppError, fieldError } from '../../errors.ts';
import type { Database } from '../../infra/database.ts';
import { envelopeSchema } from './envelope-schema.ts';
import type { WorkerKey } from './worker-keys.ts';

export type LegacyParts = { database: Database; now: () => Date; workerKey: () => Promise<WorkerKey> };

/**
 * For clients of old, which send both secrets in clear: they open the envelope in memory, once, and what goes on is a grant as
 * others seal it. The secrets are not kept, and stand in no error.
 */
export function createLegacySecrets({ database, now, workerKey }: LegacyParts) {
  const turns = new Map<string, Promise<unknown>>();

  /** A user's one after the other: each is a key derivation, and a batch of them would be felt by everybody. */
  async function inTurn<T>(userId: string, work: () => Promise<T>): Promise<T> {
    const turn = (turns.get(userId) ?? Promise.resolve()).then(work);
    const ended = turn.catch(() => undefined);
    turns.set(userId, ended);
    try {
      return await turn;
    } finally {
      if (turns.get(userId) === ended) turns.delete(userId);
    }
  }

  return {
    /** @throws AppError `not_found`, `invalid_request` when the secrets do not open what is stored */
    async sealWithSecrets({ userId, platform, accountId, ...request }: SecretsGiven): Promise<SealedGrant> {
      const em = database.em.fork();
      const account = await em.findOne(PlatformAccount, { userId, platform, externalId: accountId });
      const credential = account && (await em.findOne(Credential, { accountId: account.id }));
      if (!credential) throw new AppError('not_found', 'No credentials of this account are stored.');
      const envelope = envelopeSchema.parse(credential.envelope);
      const { syncKey, password, neededUntil } = request;
      const { public_key: workerPublicKey } = await workerKey();
      const { keys } = await inTurn(userId, () => openEnvelope(envelope, { syncKey, password })).catch(refusedSecrets);
      const from = neededUntil && neededUntil > now() ? neededUntil : now();
      const expiresAt = new Date(from.getTime() + DAYS_AFTER * 86_400_000);
      return sealGrant({ envelope, keys, purpose: 'publication', expiresAt, workerPublicKey });
    },
  };
}

export type SecretsGiven = {
  userId: string;
  platform: string;
  /** The client's name for the account. */
  accountId: string;
  syncKey: string;
  password: string;
  /** When the publication is due; null for now. */
  neededUntil: Date | null;
};

/** As long as a publication may wait for a login. It is deleted when the publication ends. */
const DAYS_AFTER = 2;

function refusedSecrets(error: unknown): { keys: EnvelopeKeys } {
  if (!(error instanceof DoesNotOpen)) throw error;
  throw fieldError('invalid_request', 'sync_key', 'does not open the stored credentials with this user_password');
}
