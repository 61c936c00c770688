import { createHash } from 'node:crypto';
import type { PublicationContent } from '../../entities/publication.ts';

/** Equal for contents that readers would take for the same post. */
export function contentDigest({ title, markdown, tags, coverMediaId }: PublicationContent): string {
  const seen = [title.trim(), markdown.trim(), tags.map((tag) => tag.trim()), coverMediaId];
  return createHash('sha256').update(JSON.stringify(seen)).digest('hex');
}
