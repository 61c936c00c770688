import { PlatformAccount } from '../../entities/platform-account.ts';
import { Publication } from '../../entities/publication.ts';
import type { PublicationState } from '../../entities/publication.ts';
import { fieldError } from '../../errors.ts';
import type { Database } from '../../infra/database.ts';

export type PublicationFilter = {
  status?: PublicationState | undefined;
  platform?: string | undefined;
  /** The client's name for the account. */
  accountId?: string | undefined;
  /** Of the planned time: from (included) and to (not included). */
  scheduledFrom?: Date | undefined;
  scheduledTo?: Date | undefined;
  limit: number;
  /** The id of the last one of the page before. */
  cursor: string | null;
};

export type PublicationPage = { publications: Publication[]; nextCursor: string | null };

/** A user's publications, newest first: their ids sort by time. @throws AppError `invalid_request` for a foreign cursor */
export async function listPublications(
  database: Database,
  userId: string,
  { status, platform, accountId, scheduledFrom, scheduledTo, limit, cursor }: PublicationFilter,
): Promise<PublicationPage> {
  const em = database.em.fork();
  if (cursor !== null && (await em.count(Publication, { id: cursor, userId })) === 0)
    throw fieldError('invalid_request', 'cursor', 'is of no page of this list');
  const accounts = accountId === undefined ? null : await em.find(PlatformAccount, { userId, externalId: accountId });
  const planned = {
    ...(scheduledFrom && { $gte: scheduledFrom }),
    ...(scheduledTo && { $lt: scheduledTo }),
  };
  const found = await em.find(
    Publication,
    {
      userId,
      ...(status && { state: status }),
      ...(platform && { platform }),
      ...(accounts && { accountId: { $in: accounts.map(({ id }) => id) } }),
      ...(Object.keys(planned).length > 0 && { scheduledAt: planned }),
      ...(cursor !== null && { id: { $lt: cursor } }),
    },
    { orderBy: { id: 'desc' }, limit: limit + 1 },
  );
  const publications = found.slice(0, limit);
  return { publications, nextCursor: found.length > limit ? (publications.at(-1)?.id ?? null) : null };
}
