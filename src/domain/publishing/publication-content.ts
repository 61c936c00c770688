import { z } from 'zod';
import { Media } from '../../entities/media.ts';
import type { PublicationContent } from '../../entities/publication.ts';
import { AppError } from '../../errors.ts';
import type { Em } from '../../infra/database.ts';
import { violationsOf } from '../platforms/index.ts';
import type { EnabledPlatforms, PlatformDescription } from '../platforms/index.ts';

/** What a client wants published. Platform limits are checked apart: they are data of the platform. */
export const publicationContent = z.strictObject({
  title: z.string().trim().min(1).max(500),
  markdown: z.string().min(1).max(200_000),
  tags: z.array(z.string().trim().min(1).max(100)).max(50).default([]),
  cover_media_id: z.string().max(64).nullable().default(null),
  ai_generated: z.boolean().default(false),
});
export type PublicationContentInput = z.infer<typeof publicationContent>;

export type ContentToCheck = { userId: string; platform: string; content: PublicationContentInput };

/**
 * Content as rows keep it.
 * @throws AppError `unprocessable` with every violated limit or for a platform that is not enabled, `not_found` for an
 *   unknown platform or a foreign cover
 */
export type CheckContent = (em: Em, wanted: ContentToCheck) => Promise<PublicationContent>;

export const createContentCheck =
  (platforms: EnabledPlatforms): CheckContent =>
  async (em, { userId, platform, content }) => {
    refuseViolations(platforms.enabled(platform), content);
    await refuseForeignCover(em, userId, content.cover_media_id);
    return storedContent(content);
  };

const storedContent = (content: PublicationContentInput): PublicationContent => ({
  title: content.title,
  markdown: content.markdown,
  tags: content.tags,
  coverMediaId: content.cover_media_id,
  aiGenerated: content.ai_generated,
});

function refuseViolations(platform: PlatformDescription, content: PublicationContentInput): void {
  const violations = violationsOf(platform, storedContent(content));
  if (violations.length === 0) return;
  const [first] = violations;
  throw new AppError('unprocessable', first?.message ?? 'The content breaks a limit.', { details: { violations } });
}

async function refuseForeignCover(em: Em, userId: string, mediaId: string | null): Promise<void> {
  if (mediaId === null || (await em.count(Media, { id: mediaId, userId })) === 1) return;
  throw new AppError('not_found', 'There is no such cover.', { details: { field: 'content.cover_media_id' } });
}
