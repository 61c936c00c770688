/** Users with one sealed account each, and grants for them, as a desktop app would make them. */
import { generateWorkerKeyPair, newSyncKey, sealEnvelope, sealGrant } from '../src/client/client.ts';
import type { Envelope, EnvelopeKeys } from '../src/client/client.ts';
import { createCredentials } from '../src/domain/credentials/credentials.ts';
import type { Credentials } from '../src/domain/credentials/credentials.ts';
import { Publication } from '../src/entities/publication.ts';
import { User } from '../src/entities/user.ts';
import { newId } from '../src/infra/ids.ts';
import { createLogger } from '../src/infra/logger.ts';
import { testPlace } from './services.ts';

export const secrets = { password: 'correct horse', syncKey: newSyncKey() };

export const loginState = {
  cookies: [
    {
      name: 'session',
      value: 'planted-secret',
      domain: 'blog.example',
      path: '/',
      expires: -1,
      httpOnly: true,
      secure: true,
      sameSite: 'Lax' as const,
    },
  ],
  origins: [],
};

/** Sealing costs a key derivation: tests that change nothing inside share this envelope. */
const shared = await seal('my-blog');

export async function credentialPlace() {
  const place = await testPlace();
  const worker = await generateWorkerKeyPair();
  const log: string[] = [];
  const clock = { now: new Date('2026-01-01T00:00:00Z') };
  const withWorkerKey = (workerPublicKey: string | undefined): Credentials => {
    const logger = createLogger({ level: 'info', name: 'test' }, { write: (line) => void log.push(line) });
    return createCredentials({ database: place.database, workerPublicKey, now: () => clock.now, logger });
  };
  const credentials = withWorkerKey(worker.publicKey);

  const user = async (): Promise<string> => {
    const em = place.database.em.fork();
    const id = newId('usr');
    em.create(User, { id, email: `${id}@example.com`, passwordHash: '-', tierId: 'free', createdAt: clock.now });
    await em.flush();
    return id;
  };

  const account = async (externalId = 'my-blog'): Promise<SealedAccount> => {
    const userId = await user();
    const { envelope, keys } = externalId === 'my-blog' ? shared : await seal(externalId);
    const request = { ...wordpress, userId, accountId: externalId, envelope };
    const { accountId } = await credentials.upload(request);
    return { userId, accountId, envelope, keys, upload: (change) => credentials.upload({ ...request, ...change }) };
  };

  const publication = async ({ userId, accountId }: SealedAccount): Promise<string> => {
    const em = place.database.em.fork();
    const id = newId('pub');
    const content = { title: 't', markdown: 'm', tags: [], coverMediaId: null, aiGenerated: false };
    em.create(Publication, { id, userId, accountId, platform: 'wordpress', state: 'queued', content });
    await em.flush();
    return id;
  };

  const tomorrow = () => new Date(clock.now.getTime() + 86_400_000);

  /** Seals a grant as the client would, and adds it in a transaction of its own. */
  const grant = async ({ userId, accountId, ...own }: SealedAccount, change: GrantChange): Promise<void> => {
    const { publicationId, envelope = own.envelope, expiresAt = tomorrow() } = change;
    const purpose = change.purpose ?? (publicationId === null ? 'analytics' : 'publication');
    const workerPublicKey = change.workerPublicKey ?? worker.publicKey;
    const sealed = await sealGrant({ envelope, keys: own.keys, purpose, expiresAt, workerPublicKey });
    await place.database.em.fork().transactional(async (em) => {
      await credentials.addGrant(em, { userId, accountId, publicationId, sealed: { ...sealed, ...change.fields } });
      if (change.thenFail) throw new Error('rolled back');
    });
  };

  return { ...place, credentials, withWorkerKey, worker, log, clock, user, account, publication, tomorrow, grant };
}

export type CredentialPlace = Awaited<ReturnType<typeof credentialPlace>>;

export type SealedAccount = {
  userId: string;
  /** Id of the account's row. */
  accountId: string;
  envelope: Envelope;
  keys: EnvelopeKeys;
  upload: (change: object) => Promise<unknown>;
};

type GrantChange = {
  publicationId: string | null;
  purpose?: 'publication' | 'analytics';
  expiresAt?: Date;
  envelope?: Envelope;
  workerPublicKey?: string;
  /** Laid over the sealed grant. */
  fields?: object;
  thenFail?: boolean;
};

export const wordpress = { platform: 'wordpress', siteUrl: 'https://blog.example/', deviceId: 'laptop' };

export function seal(accountId: string) {
  return sealEnvelope({ ...secrets, platform: 'wordpress', accountId, state: loginState });
}
