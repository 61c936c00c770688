import { ApiKey } from '../../entities/api-key.ts';
import type { Database } from '../../infra/database.ts';
import { keyView } from './key-view.ts';
import type { KeyView } from './key-view.ts';
import { addKey } from './new-key.ts';
import type { NewKey } from './new-key.ts';

/** `secret` is null for a token that was there already: only its hash is kept. */
export type DesktopToken = { key: KeyView; secret: string | null };

/**
 * The key of the user's desktop app: the newest that is named so, active and not expired. One is made if there is none;
 * of two requests at once one makes it.
 */
export async function ensureDesktopToken(database: Database, userId: string, at: Date): Promise<DesktopToken> {
  return database.em.fork().transactional(async (em) => {
    await em.execute('select pg_advisory_xact_lock(hashtextextended(?, 0))', [`desktop token of ${userId}`]);
    const usable = { status: 'active' as const, $or: [{ expiresAt: null }, { expiresAt: { $gt: at } }] };
    const newest = { orderBy: { createdAt: 'desc', id: 'desc' } } as const;
    const found = await em.findOne(ApiKey, { userId, name: desktopKey.name, ...usable }, newest);
    if (found) return { key: keyView(found, at), secret: null };
    const { key, secret } = addKey(em, { userId, wanted: desktopKey, at });
    await em.flush();
    return { key: keyView(key, at), secret };
  });
}

/** What the desktop app asks for: a year, and no limits but those of the user's tier. */
export const desktopKey: NewKey = { name: 'Desktop', expiresInDays: 365, allowedModels: null, metadata: {} };
