import { z } from 'zod';

/**
 * The body of `POST /v1/audio/speech` (https://platform.openai.com/docs/api-reference/audio/createSpeech). What we use is
 * checked; everything else goes to the upstream as it came.
 */
export type SpeechRequest = z.infer<typeof speechRequest>;

export const speechRequest = z.looseObject({
  model: z.string().min(1).max(200).describe('A model or a group.'),
  input: z.string().min(1).max(100_000),
  voice: z.union([z.string().min(1), z.looseObject({ id: z.string().min(1) })]),
  instructions: z.string().max(32_000).nullish(),
  response_format: z.string().min(1).max(20).nullish(),
  speed: z.number().min(0.25).max(4).nullish(),
  stream_format: z.enum(['audio', 'sse']).nullish(),
});

/** As providers bill them: an emoji is one. */
export function charactersIn(text: string): number {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}
