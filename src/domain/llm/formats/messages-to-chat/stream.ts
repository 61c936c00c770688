import type { JsonObject, StreamTranslator } from '../format.ts';
import { objectIn } from '../json.ts';
import { chunkWriter } from './chunk-writer.ts';
import type { ChatStreamOptions, ChunkWriter } from './chunk-writer.ts';
import { completionId, finishReason } from './completion.ts';
import { createOpenBlocks } from './open-blocks.ts';

/**
 * An Anthropic upstream's events as OpenAI's chunks (https://platform.openai.com/docs/api-reference/chat-streaming): the
 * role, the deltas as they come, one finish, the usage. Pings and whatever else has no counterpart say nothing.
 */
export function messagesToChatStream(options: ChatStreamOptions): StreamTranslator {
  const blocks = createOpenBlocks();
  let chunks: ChunkWriter | undefined;
  let ended = false;
  let stopReason: unknown;
  let usage: JsonObject = {};

  /** The chunk of the role goes before the first of all. */
  function say(deltas: JsonObject[], messageId?: unknown): JsonObject[] {
    if (chunks) return deltas.map(chunks.delta);
    chunks = chunkWriter(completionId(messageId, options.created), options);
    return [roleDelta, ...deltas].map(chunks.delta);
  }

  /** Counts are cumulative, so the later one stands. */
  function learn(told: unknown): void {
    usage = { ...usage, ...known(objectIn(told)) };
  }

  function started(message: JsonObject): JsonObject[] {
    learn(message['usage']);
    return say([], message['id']);
  }

  function end(): JsonObject[] {
    if (ended) return [];
    const last = say(blocks.closeAll());
    ended = true;
    return [...last, ...(chunks?.closing(finishReason(stopReason), usage) ?? [])];
  }

  function next(event: JsonObject): JsonObject[] {
    if (ended) return [];
    switch (event['type']) {
      case 'content_block_start':
      case 'content_block_delta':
      case 'content_block_stop':
        return say(blocks.next(event));
      case 'message_start':
        return started(objectIn(event['message']));
      case 'message_delta':
        stopReason = objectIn(event['delta'])['stop_reason'] ?? stopReason;
        learn(event['usage']);
        return [];
      case 'message_stop':
        return end();
      default:
        return [];
    }
  }

  return { next, end };
}

/** `''`, for nobody knows yet whether there will be any content. */
const roleDelta = { role: 'assistant', content: '' };

/** A field that is null in a later event takes nothing back. */
function known(usage: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(usage).filter(([, value]) => value !== null));
}
