import type { JsonObject, StreamTranslator } from '../format.ts';
import { listIn, objectIn, textIn } from '../json.ts';
import { contentIn, thinkingIn } from './answer-parts.ts';
import { BlockQueue } from './block-queue.ts';
import { emptyMessage, messageId, usageIn, usageUntold } from './message.ts';
import { howItEnded } from './stop-reason.ts';
import { StreamedCalls } from './streamed-calls.ts';
import { writeText, writeThinking } from './streamed-texts.ts';

/**
 * An OpenAI upstream's chunks as Anthropic's events (https://platform.claude.com/docs/en/build-with-claude/streaming).
 * The end is not told before `end()`: the usage comes in a chunk after the one that says how the answer ended.
 * @param options.model the name under which the client knows the model
 * @param options.inputTokens what we count the request for; it stands in `message_start` until the upstream tells
 */
export function chatToMessagesStream({ model, inputTokens }: Options): StreamTranslator {
  const blocks = new BlockQueue();
  let usage: JsonObject | null = null;
  let calls: StreamedCalls | null = null;
  let refusal = '';
  let finish = '';
  let ended = false;

  function start(chunk: JsonObject, out: JsonObject[]): StreamedCalls {
    const id = messageId(chunk);
    const message = emptyMessage({ id, model, usage: usage ?? usageUntold(inputTokens) });
    out.push({ type: 'message_start', message });
    return new StreamedCalls(id, blocks);
  }

  return {
    next(chunk) {
      if (ended) return [];
      const out: JsonObject[] = [];
      if (chunk['usage']) usage = usageIn(chunk) ?? usage;
      calls ??= start(chunk, out);
      const choice = objectIn(listIn(chunk['choices'])[0]);
      const delta = objectIn(choice['delta']);
      for (const piece of thinkingIn(delta)) writeThinking(blocks, piece, out);
      const refused = textIn(delta['refusal']);
      refusal += refused;
      writeText(blocks, contentIn(delta) + refused, out);
      for (const call of listIn(delta['tool_calls'])) calls.write(objectIn(call), out);
      finish = textIn(choice['finish_reason']) || finish;
      return out;
    },

    end() {
      if (ended) return [];
      ended = true;
      const out: JsonObject[] = [];
      calls ??= start({}, out);
      blocks.closeAll(out);
      out.push(
        {
          type: 'message_delta',
          delta: howItEnded({ finish, called: calls.count > 0, refusal }),
          usage: usage ?? usageUntold(inputTokens),
        },
        { type: 'message_stop' },
      );
      return out;
    },
  };
}

type Options = { model: string; inputTokens: number };
