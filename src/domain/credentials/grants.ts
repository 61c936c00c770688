import { DoesNotOpen, openWithKeys, resealState } from '../../client/client.ts';
import type { Envelope, EnvelopeKeys, SealedGrant } from '../../client/client.ts';
import { Credential } from '../../entities/credential.ts';
import { GrantOpening } from '../../entities/grant-opening.ts';
import { Grant } from '../../entities/grant.ts';
import type { GrantPurpose } from '../../entities/grant.ts';
import { PlatformAccount } from '../../entities/platform-account.ts';
import { AppError } from '../../errors.ts';
import type { Database, Em } from '../../infra/database.ts';
import type { Logger } from '../../infra/logger.ts';
import { envelopeSchema, invalidField, parseField } from './envelope-schema.ts';
import { sealedGrantSchema } from './grant-schema.ts';
import { openWithAny } from './worker-keys.ts';
import { loginStateSchema } from './login-state.ts';
import type { LoginState } from './login-state.ts';

export type GrantDependencies = {
  database: Database;
  takesKey: (keyId: string) => Promise<boolean>;
  now: () => Date;
  logger: Logger;
};

/** Grants in their sealed form, and the one place that opens them. */
export function createGrants({ database, takesKey, now, logger }: GrantDependencies) {
  return {
    /**
     * Keeps a grant in the caller's transaction, so that a publication and its grant are there together or not at all.
     * The server cannot look inside; it refuses one that could not work later, while the client can still make another.
     */
    async addGrant(em: Em, order: GrantToAdd): Promise<void> {
      const grant = await checked(em, order);
      await em.flush(); // the publication that the row refers to
      if (!(await inserted(em, rowOf(order, grant)))) throw givenBefore();
    },

    /** Refuses what `addGrant` refuses, and keeps nothing. */
    async checkGrant(em: Em, order: GrantToAdd): Promise<SealedGrant> {
      const grant = await checked(em, order);
      if ((await em.count(Grant, { id: grant.grant_id })) > 0) throw givenBefore();
      return grant;
    },

    /** Keeps one that was checked when it came. What has changed since shows when it is opened. */
    async keepChecked(em: Em, order: GrantToAdd): Promise<void> {
      await inserted(em, rowOf(order, sealedGrantSchema.parse(order.sealed)));
    },

    /**
     * Hands the grants of an occurrence on to the publication that it has become.
     * @returns whether there was one
     */
    async handOnGrants(em: Em, { recurringPostId, local }: OccurrenceOfPost, publicationId: string): Promise<boolean> {
      const waiting = { recurringPostId, occurrence: local, publicationId: null };
      return (await em.nativeUpdate(Grant, waiting, { publicationId })) > 0;
    },

    /** Deletes what was given for occurrences that will not be. */
    async dropGrants(em: Em, recurringPostId: string): Promise<void> {
      await em.nativeDelete(Grant, { recurringPostId, publicationId: null });
    },

    /** Local times of the occurrences with a grant for the present credentials, and until when it is good. */
    async grantedOccurrences(em: Em, { id, accountId }: { id: string; accountId: string }): Promise<Map<string, Date>> {
      const where = { recurringPostId: id, publicationId: null };
      const rows = await em.find(Grant, where, { orderBy: { createdAt: 'asc', id: 'asc' } });
      const credential = await em.findOne(Credential, { accountId });
      const keyId = credential && envelopeSchema.parse(credential.envelope).key_id;
      const present = rows.filter(({ sealed }) => sealed['key_id'] === keyId);
      return new Map(present.map(({ occurrence, expiresAt }) => [occurrence ?? '', expiresAt]));
    },

    /**
     * The login state in clear, in memory: for browser workers, who alone have the private key.
     * @throws AppError `needs_grant` when there is no grant that is good now: only the user can give another; `needs_login`
     *   when there are no credentials that could be good for any grant
     */
    async openGrant(
      { accountId, purpose, publicationId, openedBy = '' }: GrantToOpen,
      privateKeys: string,
    ): Promise<OpenedGrant> {
      const em = database.em.fork();
      const account = await em.findOneOrFail(PlatformAccount, accountId);
      const credential = await em.findOne(Credential, { accountId });
      const row = await em.findOne(
        Grant,
        { accountId, purpose, publicationId, expiresAt: { $gt: now() } },
        { orderBy: { createdAt: 'desc', id: 'desc' } },
      );
      if (!credential) throw needsLogin('No credentials of this account are stored.');
      if (!row) throw needsGrant(`There is no grant for this ${purpose}, or it has expired.`);
      const grant = sealedGrantSchema.parse(row.sealed);
      const envelope = envelopeSchema.parse(credential.envelope);
      if (grantMisfit(grant, { account, purpose })) throw needsGrant('The grant was made for something else.');
      if (grant.key_id !== envelope.key_id)
        throw needsGrant('The credentials were replaced after the grant was given.');
      if (new Date(grant.expires_at) <= now()) throw needsGrant('The grant has expired.');
      const keys = await openWithAny(grant, privateKeys).catch(toNeedsGrant);
      const storageState = await openLoginState(envelope, keys);
      await em.insert(GrantOpening, { grantId: row.id, accountId, purpose, publicationId, openedBy, at: now() });
      logger.info({ grant_id: row.id, account_id: accountId, purpose, publication_id: publicationId }, 'grant opened');
      return { storageState, version: credential.version, keys };
    },

    /**
     * Keeps the login state that a session ended with, unless a newer one was stored meanwhile.
     * @returns whether it was kept
     */
    async saveFreshState({ accountId, keys, state, expectedVersion }: FreshState): Promise<boolean> {
      const em = database.em.fork();
      const credential = await em.findOne(Credential, { accountId, version: expectedVersion });
      if (!credential) return false;
      const envelope = await resealState(envelopeSchema.parse(credential.envelope), keys, state);
      const saved = await em.nativeUpdate(
        Credential,
        { accountId, version: expectedVersion },
        { envelope, version: expectedVersion + 1, updatedDevice: BROWSER_WORKER, updatedAt: now() },
      );
      return saved === 1;
    },

    /** Whether there is one for this publication that is good at that time. */
    async hasGrant(publicationId: string, at: Date): Promise<boolean> {
      return (await database.em.fork().count(Grant, { publicationId, expiresAt: { $gt: at } })) > 0;
    },

    /** Deletes those that have opened nothing for a day, and never will. @returns how many, at most `limit` */
    async dropExpired(limit: number): Promise<number> {
      const em = database.em.fork();
      const before = new Date(now().getTime() - 86_400_000);
      const old = await em.find(Grant, { expiresAt: { $lt: before } }, { fields: ['id'], limit });
      return em.nativeDelete(Grant, { id: { $in: old.map(({ id }) => id) } });
    },

    async deleteGrants({ publicationId }: { publicationId: string }): Promise<void> {
      await database.em.fork().nativeDelete(Grant, { publicationId });
    },
  };

  async function checked(em: Em, { userId, accountId, sealed, neededAt = now(), ...bound }: GrantToAdd) {
    const { publicationId, occurrence } = bound;
    const purpose = publicationId === null && !occurrence ? 'analytics' : 'publication';
    const grant = parseField(sealedGrantSchema, sealed, 'grant');
    const account = await em.findOne(PlatformAccount, { id: accountId, userId });
    const credential = account && (await em.findOne(Credential, { accountId }));
    if (!credential) throw new AppError('not_found', 'No credentials of this account are stored.');
    const misfit = grantMisfit(grant, { account, purpose });
    if (misfit) throw invalidField(`grant.${misfit}`, `The grant is for another ${misfit}.`);
    if (grant.key_id !== envelopeSchema.parse(credential.envelope).key_id) {
      throw invalidField('grant.key_id', 'The grant is for credentials that were replaced: seal a new one.');
    }
    if (!(await takesKey(grant.worker_key_id))) {
      throw invalidField('grant.worker_key_id', 'The grant is not sealed to the present worker key.');
    }
    if (new Date(grant.expires_at) <= neededAt) {
      throw invalidField('grant.expires_at', 'The grant expires before it is needed.');
    }
    return grant;
  }

  function rowOf({ accountId, publicationId, occurrence }: GrantToAdd, grant: SealedGrant): GrantRow {
    const target = { publicationId, recurringPostId: occurrence?.recurringPostId, occurrence: occurrence?.local };
    return { grant, accountId, ...target, expiresAt: new Date(grant.expires_at), createdAt: now() };
  }
}

export type GrantToAdd = {
  userId: string;
  /** Id of the account's row. */
  accountId: string;
  /** Null for a grant for analytics, and for an occurrence of a recurring post. */
  publicationId: string | null;
  occurrence?: OccurrenceOfPost | undefined;
  sealed: unknown;
  /** When it will be opened, as the time of a scheduled publication; now unless told. */
  neededAt?: Date | undefined;
};

/** The local time says which one. */
export type OccurrenceOfPost = { recurringPostId: string; local: string };

export type GrantToOpen = {
  accountId: string;
  purpose: GrantPurpose;
  publicationId: string | null;
  /** Which browser worker. */
  openedBy?: string;
};

export type OpenedGrant = {
  storageState: LoginState;
  /** Version of the credentials, for `saveFreshState`. */
  version: number;
  keys: EnvelopeKeys;
};

export type FreshState = { accountId: string; keys: EnvelopeKeys; state: LoginState; expectedVersion: number };

/** Stands as the device of a version that no device of the user's stored. */
const BROWSER_WORKER = 'browser-worker';

type Wanted = { account: PlatformAccount; purpose: GrantPurpose };

function grantMisfit(grant: SealedGrant, { account, purpose }: Wanted): keyof SealedGrant | undefined {
  if (grant.purpose !== purpose) return 'purpose';
  if (grant.platform !== account.platform) return 'platform';
  return grant.account_id === account.externalId ? undefined : 'account_id';
}

type GrantRow = {
  grant: SealedGrant;
  accountId: string;
  publicationId: string | null;
  recurringPostId: string | undefined;
  occurrence: string | undefined;
  expiresAt: Date;
  createdAt: Date;
};

/** `on conflict` and a count, because a violated constraint would end the caller's transaction. */
async function inserted(em: Em, { grant, ...row }: GrantRow): Promise<boolean> {
  const { affectedRows } = await em
    .createQueryBuilder(Grant)
    .insert({ ...row, id: grant.grant_id, purpose: grant.purpose, sealed: grant })
    .onConflict('id')
    .ignore()
    .execute('run');
  return affectedRows > 0;
}

const givenBefore = () => invalidField('grant.grant_id', 'This grant was given before: seal a new one.');

async function openLoginState(envelope: Envelope, keys: EnvelopeKeys): Promise<LoginState> {
  const state = loginStateSchema.safeParse(await openWithKeys(envelope, keys).catch(toNeedsGrant));
  if (state.success) return state.data;
  throw needsLogin('The stored login state is not one that a browser can load.');
}

function toNeedsGrant(error: unknown): never {
  if (!(error instanceof DoesNotOpen)) throw error;
  throw needsGrant('The grant does not open the stored credentials: it was sealed to another worker key, or changed.');
}

function needsGrant(message: string): AppError {
  return new AppError('needs_grant', message, { details: { reason: 'no_grant' } });
}

function needsLogin(message: string): AppError {
  return new AppError('needs_login', message, { details: { reason: 'expired' } });
}
