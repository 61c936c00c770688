import { z } from 'zod';
import { countTextTokens } from '../../tokens.ts';

/**
 * The body of `POST /v1/embeddings` (https://platform.openai.com/docs/api-reference/embeddings/create). What we use is
 * checked; everything else goes to the upstream as it came.
 */
export type EmbeddingsRequest = z.infer<typeof embeddingsRequest>;

const MOST_INPUTS = 2_048;
const tokenIds = z.array(z.int().nonnegative()).min(1);

export const embeddingsRequest = z.looseObject({
  model: z.string().min(1).max(200).describe('A model or a group.'),
  input: z
    .union([
      z.string().min(1),
      z.array(z.string().min(1)).min(1).max(MOST_INPUTS),
      tokenIds,
      z.array(tokenIds).min(1).max(MOST_INPUTS),
    ])
    .describe('A text, texts, token ids, or several lists of them.'),
  encoding_format: z.enum(['float', 'base64']).nullish(),
  dimensions: z.int().positive().max(100_000).nullish(),
});

/** How many tokens each input has: each must fit the model's context alone, and all are paid for. */
export function tokensOfInputs({ input }: EmbeddingsRequest): number[] {
  if (typeof input === 'string') return [countTextTokens(input)];
  return input.some((part) => typeof part === 'number') ? [input.length] : input.map(tokensOf);
}

function tokensOf(part: string | number | number[]): number {
  if (typeof part === 'string') return countTextTokens(part);
  return typeof part === 'number' ? 1 : part.length;
}
