import { LockMode } from '@mikro-orm/core';
import { Credential } from '../../entities/credential.ts';
import { CredentialDevice } from '../../entities/credential-device.ts';
import { Grant } from '../../entities/grant.ts';
import { GrantOpening } from '../../entities/grant-opening.ts';
import { PlatformAccount } from '../../entities/platform-account.ts';
import { AppError, fieldError } from '../../errors.ts';
import type { Database, Em } from '../../infra/database.ts';

/** The client's name for an account. */
export type AccountName = { userId: string; platform: string; accountId: string };

/** What owners see of their credentials, and how they take them back. Somebody else's account is `not_found`. */
export function createOwnerView({ database, now }: { database: Database; now: () => Date }) {
  return {
    /** Credentials and all grants are gone; publications that wait will ask for a login. @throws AppError `not_found` */
    async remove(name: AccountName): Promise<void> {
      await database.em.fork().transactional(async (em) => {
        const account = await ownAccount(em, name, LockMode.PESSIMISTIC_WRITE);
        if ((await em.nativeDelete(Credential, { accountId: account.id })) === 0) throw notStored();
        await em.nativeDelete(Grant, { accountId: account.id });
        await em.nativeDelete(CredentialDevice, { accountId: account.id });
        if (account.health === 'active') account.health = 'needs_login';
      });
    },

    /** The devices that have stored these credentials, the latest first. @throws AppError `not_found` */
    async devices(name: AccountName): Promise<CredentialDevice[]> {
      const em = database.em.fork();
      const { id: accountId } = await ownAccount(em, name);
      return em.find(CredentialDevice, { accountId }, { orderBy: { lastAt: 'desc', deviceId: 'asc' } });
    },

    /** Grants that are still good. @throws AppError `not_found` */
    async grants(name: AccountName): Promise<Grant[]> {
      const em = database.em.fork();
      const { id: accountId } = await ownAccount(em, name);
      return em.find(Grant, { accountId, expiresAt: { $gt: now() } }, { orderBy: { createdAt: 'desc', id: 'desc' } });
    },

    /** Nothing opens with it any more. @throws AppError `not_found` */
    async revokeGrant(userId: string, grantId: string): Promise<void> {
      const em = database.em.fork();
      const grant = await em.findOne(Grant, grantId);
      const account = grant && (await em.findOne(PlatformAccount, { id: grant.accountId, userId }));
      if (!account) throw new AppError('not_found', 'There is no such grant.', { details: { field: 'id' } });
      await em.nativeDelete(Grant, { id: grantId });
    },

    /**
     * Each time that a worker opened the credentials, the latest first.
     * @param page.cursor the number of the last one of the page before
     * @throws AppError `not_found`, `invalid_request` for a cursor that is none
     */
    async openings(name: AccountName, { limit, cursor }: { limit: number; cursor: string | null }) {
      const em = database.em.fork();
      const { id: accountId } = await ownAccount(em, name);
      const before = cursor === null ? {} : { id: { $lt: numberOf(cursor) } };
      const found = await em.find(
        GrantOpening,
        { accountId, ...before },
        { orderBy: { id: 'desc' }, limit: limit + 1 },
      );
      const openings = found.slice(0, limit);
      return { openings, nextCursor: found.length > limit ? String(openings.at(-1)?.id) : null };
    },
  };
}

async function ownAccount(em: Em, name: AccountName, lockMode?: LockMode.PESSIMISTIC_WRITE): Promise<PlatformAccount> {
  const { userId, platform, accountId: externalId } = name;
  const account = await em.findOne(
    PlatformAccount,
    { userId, platform, externalId },
    { ...(lockMode && { lockMode }) },
  );
  if (!account) throw notStored();
  return account;
}

const notStored = () => new AppError('not_found', 'No credentials of this account are stored.');

function numberOf(cursor: string): number {
  if (!/^\d{1,15}$/.test(cursor)) throw fieldError('invalid_request', 'cursor', 'is of no page of this list');
  return Number(cursor);
}
