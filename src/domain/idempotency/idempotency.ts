import { createHash } from 'node:crypto';
import { IdempotencyKey } from '../../entities/idempotency-key.ts';
import { AppError } from '../../errors.ts';
import type { Em } from '../../infra/database.ts';
import { canonicalJson } from './canonical-json.ts';

export type Once = {
  userId: string;
  /** Which kind of request, as `create-article`: one key may be used once for each. */
  operation: string;
  /** The client's `Idempotency-Key`; without one every request is its own. */
  key: string | null;
  body: unknown;
  /** Makes the resource in the transaction it is given, and answers its id. */
  create: (em: Em) => Promise<string>;
};

/**
 * Runs `create` once for all requests with the same key and body. The key's row is written first and in the same
 * transaction: a second request waits at it until the first one has ended, and then finds its resource, or a free key.
 * @throws AppError `idempotency_conflict` when the key came with another body before
 */
export async function once(em: Em, { userId, operation, key, body, create }: Once) {
  return em.transactional(async (tx) => {
    if (key === null) return { resourceId: await create(tx), replayed: false };

    const bodyHash = createHash('sha256').update(canonicalJson(body)).digest('hex');
    const claimed = await claim(tx, [userId, operation, key, bodyHash]);
    if (!claimed) return { resourceId: await earlier(tx, { userId, operation, key, bodyHash }), replayed: true };

    const resourceId = await create(tx);
    await tx.nativeUpdate(IdempotencyKey, { userId, operation, key }, { resourceId });
    return { resourceId, replayed: false };
  });
}

async function claim(em: Em, row: string[]): Promise<boolean> {
  const rows = await em.execute<{ id: string }[]>(
    `insert into idempotency_keys (user_id, operation, key, body_hash, resource_id, created_at)
     values (?, ?, ?, ?, '', now()) on conflict (user_id, operation, key) do nothing returning id`,
    row,
  );
  return rows.length > 0;
}

type Earlier = { userId: string; operation: string; key: string; bodyHash: string };

async function earlier(em: Em, { bodyHash, ...which }: Earlier): Promise<string> {
  const row = await em.findOneOrFail(IdempotencyKey, which);
  if (row.bodyHash === bodyHash) return row.resourceId;
  throw new AppError('idempotency_conflict', 'This Idempotency-Key was used before with another body.');
}
