import { LockMode } from '@mikro-orm/core';
import type { Envelope } from '../../client/client.ts';
import { CredentialDevice } from '../../entities/credential-device.ts';
import { Credential } from '../../entities/credential.ts';
import { PlatformAccount } from '../../entities/platform-account.ts';
import { AppError } from '../../errors.ts';
import type { Database, Em } from '../../infra/database.ts';
import { newId } from '../../infra/ids.ts';
import { healthOf } from '../turns/turns.ts';
import { envelopeSchema, externalAccountId, invalidField, parseField, platformName } from './envelope-schema.ts';
import { selfHostedPlatforms, siteUrlOf } from './site-url.ts';

/** The rows: accounts and their envelopes, each envelope with a version that only goes up. */
export function createStoredCredentials({ database, now }: { database: Database; now: () => Date }) {
  return {
    /** In the caller's transaction, if there is one. */
    async upload(request: Upload, within: Em = database.em.fork()): Promise<Uploaded> {
      const envelope = checkedEnvelope(request);
      return within.transactional(async (em) => {
        const account = await accountFor(em, request, now());
        const version = await replaceEnvelope(em, { account, envelope, request, at: now() });
        await noteDevice(em, { accountId: account.id, deviceId: request.deviceId, version, at: now() });
        if (account.health === 'needs_login') account.health = 'active';
        return { accountId: account.id, version };
      });
    },

    /** The version of an account's credentials; null when it has none. */
    async versionOf(accountId: string): Promise<number | null> {
      return (await database.em.fork().findOne(Credential, { accountId }))?.version ?? null;
    },

    async accounts(userId: string): Promise<SyncedAccount[]> {
      const em = database.em.fork();
      const rows = await em.find(PlatformAccount, { userId }, { orderBy: { platform: 'asc', externalId: 'asc' } });
      const credentials = await em.find(Credential, { accountId: { $in: rows.map(({ id }) => id) } });
      const byAccount = new Map(credentials.map((credential) => [credential.accountId, credential]));
      return rows.flatMap((account) => {
        const credential = byAccount.get(account.id);
        return credential ? [synced(account, credential, now())] : [];
      });
    },

    async download(userId: string, platform: string, externalId: string) {
      const em = database.em.fork();
      const account = await em.findOne(PlatformAccount, { userId, platform, externalId });
      const credential = account && (await em.findOne(Credential, { accountId: account.id }));
      if (!credential) throw new AppError('not_found', 'No credentials of this account are stored.');
      return { ...synced(account, credential, now()), envelope: envelopeSchema.parse(credential.envelope) };
    },
  };
}

export type Upload = {
  userId: string;
  platform: string;
  /** The desktop app's name for the account. */
  accountId: string;
  /** Required, at least once, for platforms that everybody hosts themselves. */
  siteUrl?: string | undefined;
  envelope: unknown;
  deviceId: string;
  /** The version that the device knew; 0 for none. Given, an upload over a newer one is refused. */
  expectedVersion?: number | undefined;
};

export type Uploaded = {
  /** Id of the account's row, `acc_…`. */
  accountId: string;
  version: number;
};

export type SyncedAccount = {
  platform: string;
  account_id: string;
  site_url: string | null;
  health: PlatformAccount['health'];
  /** When a cool-down ends, and the risk signal that it answers. */
  health_until: string | null;
  health_reason: string | null;
  version: number;
  synced_at: string;
  /** The device that stored the present version. */
  device: string;
};

/** An envelope says, authenticated, whose it is: one filed under another name would never open. */
function checkedEnvelope(request: Upload): Envelope {
  parseField(platformName, request.platform, 'platform');
  parseField(externalAccountId, request.accountId, 'account_id');
  const envelope = parseField(envelopeSchema, request.envelope, 'envelope');
  if (envelope.platform !== request.platform) {
    throw invalidField('envelope.platform', 'The envelope is for another platform.');
  }
  if (envelope.account_id !== request.accountId) {
    throw invalidField('envelope.account_id', 'The envelope is for another account.');
  }
  return envelope;
}

/** The account's row, made when absent, and locked: uploads to one account take turns from here. */
async function accountFor(em: Em, { userId, platform, accountId, siteUrl }: Upload, at: Date) {
  const given = siteUrl === undefined ? null : siteUrlOf(siteUrl);
  const row = { id: newId('acc'), userId, platform, externalId: accountId, siteUrl: given, createdAt: at };
  await em
    .createQueryBuilder(PlatformAccount)
    .insert({ ...row, health: 'active', coolDowns: 0 })
    .onConflict(['userId', 'platform', 'externalId'])
    .ignore()
    .execute('run');
  const account = await em.findOneOrFail(
    PlatformAccount,
    { userId, platform, externalId: accountId },
    { lockMode: LockMode.PESSIMISTIC_WRITE },
  );
  if (given !== null) account.siteUrl = given;
  if (account.siteUrl === null && selfHostedPlatforms.has(platform)) {
    throw invalidField('site_url', `site_url is required for ${platform}.`);
  }
  return account;
}

type Replacement = { account: PlatformAccount; envelope: Envelope; request: Upload; at: Date };

async function replaceEnvelope(em: Em, { account, envelope, request, at }: Replacement): Promise<number> {
  const { deviceId, expectedVersion } = request;
  const lockMode = LockMode.PESSIMISTIC_WRITE; // a browser worker may be saving a fresher state right now
  const present = await em.findOne(Credential, { accountId: account.id }, { lockMode });
  const version = present?.version ?? 0;
  if (expectedVersion !== undefined && expectedVersion !== version) {
    const message = 'Another device or a browser worker stored newer credentials.';
    throw new AppError('conflict', message, { details: { field: 'expected_version', version } });
  }
  const next = { envelope, version: version + 1, updatedDevice: deviceId, updatedAt: at };
  if (present) em.assign(present, next, { mergeObjectProperties: false });
  else em.create(Credential, { ...next, accountId: account.id, createdDevice: deviceId, createdAt: at });
  return next.version;
}

async function noteDevice(em: Em, { accountId, deviceId, version: lastVersion, at }: Seen): Promise<void> {
  const seen = await em.findOne(CredentialDevice, { accountId, deviceId });
  if (seen) em.assign(seen, { lastAt: at, lastVersion });
  else em.create(CredentialDevice, { accountId, deviceId, firstAt: at, lastAt: at, lastVersion });
}

type Seen = { accountId: string; deviceId: string; version: number; at: Date };

function synced(account: PlatformAccount, credential: Credential, now: Date): SyncedAccount {
  const { health, until, reason } = healthOf(account, now);
  return {
    platform: account.platform,
    account_id: account.externalId,
    site_url: account.siteUrl ?? null,
    health,
    health_until: until?.toISOString() ?? null,
    health_reason: reason,
    version: credential.version,
    synced_at: credential.updatedAt.toISOString(),
    device: credential.updatedDevice,
  };
}
