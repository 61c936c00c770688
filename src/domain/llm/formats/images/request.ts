import { z } from 'zod';

/**
 * The body of `POST /v1/images/generations` (https://platform.openai.com/docs/api-reference/images/create). What we use is
 * checked; everything else goes to the upstream as it came. Pictures are not streamed.
 */
export type ImagesRequest = z.infer<typeof imagesRequest>;

export const imagesRequest = z.looseObject({
  model: z.string().min(1).max(200).describe('A model or a group.'),
  prompt: z.string().min(1).max(32_000),
  n: z.int().min(1).max(10).nullish(),
  size: z
    .string()
    .regex(/^(auto|[1-9]\d{0,4}x[1-9]\d{0,4})$/, 'must be auto or as 1024x1024')
    .nullish(),
  response_format: z.enum(['url', 'b64_json']).nullish(),
  stream: z.literal(false).nullish(),
});
