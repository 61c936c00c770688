import { PlatformAccount } from '../../entities/platform-account.ts';
import { AppError, fieldError } from '../../errors.ts';
import type { Database, Em } from '../../infra/database.ts';
import type { Keyring } from '../../infra/keyring.ts';
import type { OutboundPolicy } from '../../infra/outbound.ts';

export type AccountName = { userId: string; platform: string; accountId: string };

export type AccountProxyOptions = { database: Database; keyring: Keyring; outbound: OutboundPolicy };

/** The proxy through which an account's pages are asked for, kept sealed: it may carry a name and a password. */
export function createAccountProxies({ database, keyring, outbound }: AccountProxyOptions) {
  return {
    /** The proxy without its name and password, or null. @throws AppError `not_found`, for another user's account too */
    async shown(account: AccountName): Promise<string | null> {
      const { sealedProxy } = await own(database.em.fork(), account);
      return sealedProxy ? new URL(keyring.openText(sealedProxy)).origin : null;
    },

    /**
     * Replaces it, or takes it away; the account's next job goes the new way.
     * @throws AppError `invalid_request` for a URL that may not be called, `not_found`
     */
    async replace(account: AccountName, url: string | null): Promise<void> {
      if (url !== null) assertUsable(url);
      const em = database.em.fork();
      const { id } = await own(em, account);
      const sealedProxy = url === null ? null : keyring.sealText(url);
      await em.nativeUpdate(PlatformAccount, { id }, { sealedProxy });
    },

    /** As a browser worker needs it. */
    urlOf: ({ sealedProxy }: Pick<PlatformAccount, 'sealedProxy'>): string | null =>
      sealedProxy ? keyring.openText(sealedProxy) : null,
  };

  function assertUsable(text: string): void {
    const url = URL.parse(text);
    const isPlain = url && ['', '/'].includes(url.pathname) && !url.search && !url.hash;
    if (!isPlain)
      throw fieldError('invalid_request', 'url', 'must be a host and a port, as http://user:secret@host:3128');
    outbound.assertAllowed(url.origin === 'null' ? text : url.origin);
  }
}

export type AccountProxies = ReturnType<typeof createAccountProxies>;

async function own(em: Em, { userId, platform, accountId }: AccountName): Promise<PlatformAccount> {
  const account = await em.findOne(PlatformAccount, { userId, platform, externalId: accountId });
  if (account) return account;
  throw new AppError('not_found', 'There is no such account.', { details: { field: 'account_id' } });
}
