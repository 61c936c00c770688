import { z } from 'zod';

// Postgres keeps neither U+0000 nor half a surrogate pair, and no other control character belongs in a line of text.
const line = z
  .string()
  .trim()
  .refine((text) => !/[\p{Cc}\p{Cs}]/u.test(text), 'must be one line of plain text');

const paragraph = z
  .string()
  .trim()
  .refine((text) => !/[^\P{Cc}\n\r\t]|\p{Cs}/u.test(text), 'must be plain text');

/** What a client asks for. `model` is a model or a group of models of the gateway. */
export const articleOrder = z.strictObject({
  topic: paragraph.min(1).max(500),
  style: line.min(1).max(100).nullable().default(null),
  keywords: z.array(line.min(1).max(50)).max(10).default([]),
  model: line.min(1).max(100).default('text'),
});
export type ArticleOrder = z.infer<typeof articleOrder>;
