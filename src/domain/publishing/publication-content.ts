import { z } from 'zod';

/** What a client wants published. Platform limits are checked apart: they are data of the platform. */
export const publicationContent = z.strictObject({
  title: z.string().trim().min(1).max(500),
  markdown: z.string().min(1).max(200_000),
  tags: z.array(z.string().trim().min(1).max(100)).max(50).default([]),
  cover_media_id: z.string().max(64).nullable().default(null),
  ai_generated: z.boolean().default(false),
});
export type PublicationContentInput = z.infer<typeof publicationContent>;
