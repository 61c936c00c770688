import { z } from 'zod';

/** The parts of the API's answers that the demo reads. */
export const startedTask = z.object({ task_id: z.string(), status: z.string() });

export const articleTask = z.object({
  task_id: z.string(),
  status: z.string(),
  title: z.string().nullable(),
  markdown: z.string().nullable(),
  tags: z.array(z.string()),
  cover_media_id: z.string().nullable(),
});

export const publicationTask = z.object({
  task_id: z.string(),
  status: z.string(),
  final: z.boolean(),
  platform_post_id: z.string().nullable(),
  platform_post_url: z.string().nullable(),
  published_at: z.string().nullable(),
  error: z.object({ message: z.string() }).nullable(),
});

export const posts = z.object({
  data: z.array(
    z.object({
      publication_id: z.string(),
      views: z.number(),
      comments: z.number(),
      collected_at: z.string().nullable(),
    }),
  ),
});

export const usageSummary = z.object({
  total_tokens: z.number(),
  total_cost_nanos: z.number(),
  request_count: z.number(),
});

export const usageByModel = z.object({
  data: z.array(
    z.object({
      model: z.string(),
      request_count: z.number(),
      input_tokens: z.number(),
      output_tokens: z.number(),
      cost_nanos: z.number(),
    }),
  ),
});
