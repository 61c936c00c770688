import type { JsonObject } from '../format.ts';
import { chatUsageOf } from './usage.ts';

export type ChatStreamOptions = {
  /** The name that the client knows. */
  model: string;
  /** In unix seconds. */
  created: number;
  /** Whether the client asked for the usage, which is then the last chunk. */
  includeUsage: boolean;
};

export type ChunkWriter = {
  delta: (delta: JsonObject) => JsonObject;
  /** The finish, and the usage for those who asked. @param usage as Anthropic counts it */
  closing: (finishReason: string, usage: JsonObject) => JsonObject[];
};

/** OpenAI's chunks of one stream. Every one has a `usage` for those who asked; it is null in all but the last. */
export function chunkWriter(id: string, { model, created, includeUsage }: ChatStreamOptions): ChunkWriter {
  const head = { id, object: 'chat.completion.chunk', created, model };
  const tail = includeUsage ? { usage: null } : {};

  const chunk = (delta: JsonObject, finish_reason: string | null): JsonObject => ({
    ...head,
    choices: [{ index: 0, delta, logprobs: null, finish_reason }],
    ...tail,
  });

  return {
    delta: (delta) => chunk(delta, null),
    closing(finishReason, usage) {
      const finish = chunk({}, finishReason);
      return includeUsage ? [finish, { ...head, choices: [], usage: chatUsageOf(usage) }] : [finish];
    },
  };
}
