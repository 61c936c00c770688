import type { PublicationContent } from '../../entities/publication.ts';
import type { Em } from '../../infra/database.ts';
import { refuseForeignCover, refuseViolations, storedContent } from '../publishing/publishing.ts';
import type { PublicationContentInput } from '../publishing/publishing.ts';

export type ContentToCheck = { userId: string; platform: string; content: PublicationContentInput };

/** The content as rows keep it. @throws AppError `unprocessable` with every violated limit, `not_found` for a foreign cover */
export async function checkedContent(
  em: Em,
  { userId, platform, content }: ContentToCheck,
): Promise<PublicationContent> {
  refuseViolations(platform, content);
  await refuseForeignCover(em, userId, content.cover_media_id);
  return storedContent(content);
}
