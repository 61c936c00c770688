import { DoesNotOpen, openGrant, workerKeyId } from '../../client/client.ts';
import type { EnvelopeKeys, SealedGrant } from '../../client/client.ts';
import { Grant } from '../../entities/grant.ts';
import { AppError, fieldError } from '../../errors.ts';
import type { Database } from '../../infra/database.ts';

/** The public halves, as in BROWSER_WORKER_PUBLIC_KEY: the first one is current, the others are on their way out. */
export function createWorkerKeys({ database, workerPublicKey, now }: WorkerKeyParts) {
  const publicKeys = keysIn(workerPublicKey);
  const ids = Promise.all(publicKeys.map(workerKeyId));
  const good = () => ({ expiresAt: { $gt: now() } });

  return {
    /** What grants are sealed to. @throws AppError `unavailable` where no worker key is configured */
    async workerKey(): Promise<WorkerKey> {
      const [public_key] = publicKeys;
      const [key_id] = await ids;
      if (!public_key || !key_id) throw new AppError('unavailable', 'No browser worker key is configured.');
      return { key_id, public_key, algorithm: ALGORITHM };
    },

    /** Whether grants that are sealed to this key are taken; where no key is configured nobody can tell. */
    async takesKey(keyId: string): Promise<boolean> {
      return publicKeys.length === 0 || (await ids).includes(keyId);
    },

    /** Each key that is configured, or still needed by a grant that is good. */
    async keyUse(): Promise<KeyUse[]> {
      const rows = await database.em.fork().execute<UseRow[]>(useByKey, [now()]);
      const used = new Map(rows.map(({ key_id: id, ...row }) => [id, row]));
      const [current] = await ids;
      const known = await ids;
      return [...new Set([...known, ...used.keys()])].map((keyId) => ({
        keyId,
        state: keyId === current ? 'current' : known.includes(keyId) ? 'previous' : 'retired',
        grants: Number(used.get(keyId)?.grants ?? 0),
        neededUntil: dateOf(used.get(keyId)?.needed_until),
      }));
    },

    /** The grants that need a key, by id. @throws AppError `invalid_request` for a cursor that is no page's */
    async grantsOfKey(keyId: string, { limit, cursor }: { limit: number; cursor: string | null }) {
      const em = database.em.fork();
      const ofKey = { sealed: { worker_key_id: keyId } };
      if (cursor !== null && (await em.count(Grant, { id: cursor, ...ofKey })) === 0)
        throw fieldError('invalid_request', 'cursor', 'is of no page of this list');
      const after = cursor === null ? {} : { id: { $gt: cursor } };
      const where = { ...ofKey, ...good(), ...after };
      const found = await em.find(Grant, where, { orderBy: { id: 'asc' }, limit: limit + 1 });
      const grants = found.slice(0, limit);
      return { grants, nextCursor: found.length > limit ? (grants.at(-1)?.id ?? null) : null };
    },
  };
}

/**
 * @param privateKeys as in BROWSER_WORKER_PRIVATE_KEY, comma-separated; whichever it was sealed to opens it
 * @throws DoesNotOpen when none of them does
 */
export async function openWithAny(grant: SealedGrant, privateKeys: string): Promise<EnvelopeKeys> {
  for (const key of keysIn(privateKeys)) {
    const opened = await openGrant(grant, key).catch(nullIfItDoesNotOpen);
    if (opened) return opened;
  }
  throw new DoesNotOpen('grant');
}

export type WorkerKey = { key_id: string; public_key: string; algorithm: typeof ALGORITHM };

/** `retired`: not configured any more, so that its grants open only where a worker still has the private half. */
export type KeyUse = {
  keyId: string;
  state: 'current' | 'previous' | 'retired';
  grants: number;
  neededUntil: Date | null;
};

export type WorkerKeyParts = { database: Database; workerPublicKey: string | undefined; now: () => Date };

type UseRow = { key_id: string; grants: string; needed_until: string };

const dateOf = (text: string | undefined) => (text === undefined ? null : new Date(text));

const useByKey = `
  select sealed->>'worker_key_id' as key_id, count(*) as grants, max(expires_at) as needed_until
  from grants where expires_at > ? group by 1 order by 1`;

const keysIn = (list = '') =>
  list
    .split(',')
    .map((key) => key.trim())
    .filter((key) => key !== '');

function nullIfItDoesNotOpen(error: unknown): null {
  if (error instanceof DoesNotOpen) return null;
  throw error;
}

/** RFC 9180 names of KEM, KDF and AEAD. */
const ALGORITHM = 'DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM';
