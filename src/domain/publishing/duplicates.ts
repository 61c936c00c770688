import { LockMode } from '@mikro-orm/core';
import { PlatformAccount } from '../../entities/platform-account.ts';
import { Publication } from '../../entities/publication.ts';
import type { PublicationContent } from '../../entities/publication.ts';
import { AppError } from '../../errors.ts';
import type { Em } from '../../infra/database.ts';
import { contentDigest } from './content-digest.ts';
import { coming } from './publication.policy.ts';

export type DuplicateQuestion = {
  accountId: string;
  content: PublicationContent;
  /** What was published before does not count. */
  since: Date;
  /** The publication that asks, which is no duplicate of itself. */
  except?: string | undefined;
};

/**
 * Refuses what the account has, or will have, already. Requests of one account take turns here, so that of two at once
 * one is refused; to be called in the transaction that adds the publication.
 * @throws AppError `duplicate` with `details.duplicate_of`
 */
export async function refuseDuplicate(em: Em, { accountId, content, since, except }: DuplicateQuestion): Promise<void> {
  await em.findOneOrFail(PlatformAccount, accountId, { lockMode: LockMode.PESSIMISTIC_WRITE });
  const same = await em.findOne(
    Publication,
    {
      accountId,
      contentDigest: contentDigest(content),
      $or: [{ state: { $in: [...coming] } }, { state: 'published', publishedAt: { $gte: since } }],
      ...(except !== undefined && { id: { $ne: except } }),
    },
    { orderBy: { createdAt: 'desc' } },
  );
  if (!same) return;
  throw new AppError('duplicate', 'This account has a publication of the same content. `force` publishes it again.', {
    details: { duplicate_of: same.id },
  });
}
