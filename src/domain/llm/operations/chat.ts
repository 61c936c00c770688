import { chatToMessagesRequest } from '../formats/chat-to-messages/request.ts';
import { outputLimit } from '../formats/chat/output-limit.ts';
import { needsOf, outputLimitOf } from '../formats/chat/request.ts';
import type { ChatRequest } from '../formats/chat/request.ts';
import type { JsonObject } from '../formats/format.ts';
import { sameChatStream } from '../formats/chat/same-stream.ts';
import { messagesToChatAnswer } from '../formats/messages-to-chat/answer.ts';
import { messagesToChatStream } from '../formats/messages-to-chat/stream.ts';
import { chatVoice, translated } from '../streams/client-voice.ts';
import { countRequestTokens } from '../tokens.ts';
import { conversation } from './conversation.ts';
import type { Operation } from './operation.ts';

/** `POST /v1/chat/completions`. */
export function chatOperation(request: ChatRequest, now: () => Date): Operation {
  const streamed = request.stream === true;
  const wantsUsage = request.stream_options?.include_usage === true;
  const created = () => Math.floor(now().getTime() / 1000);
  return conversation({
    name: 'chat',
    model: request.model,
    streamed,
    needs: {
      types: talkingTypes,
      abilities: { ...needsOf(request), streaming: streamed },
      inputTokens: countRequestTokens(request),
      outputTokens: outputLimitOf(request),
    },
    bodyFor: (format, { upstreamName, maxOutputTokens }) =>
      format === 'openai'
        ? withLimit(request, upstreamName)
        : chatToMessagesRequest(request, { model: upstreamName, maxOutputTokens }),
    headersFor: () => ({}),
    answerFrom(format, body, { name }) {
      if (format === 'anthropic') return messagesToChatAnswer(body, { model: name, created: created() });
      return body['model'] === name ? body : { ...body, model: name };
    },
    rewriteFrom: (format, { name }) =>
      format === 'openai'
        ? sameChatStream({ model: name, wantsUsage })
        : translated(chatVoice, messagesToChatStream({ model: name, created: created(), includeUsage: wantsUsage })),
  });
}

/** The request under the upstream's name of the model, and of its limit. */
export function withLimit(request: ChatRequest, upstreamName: string): JsonObject {
  const limit = outputLimitOf(request);
  const limits = { max_tokens: undefined, max_completion_tokens: undefined };
  return { ...request, model: upstreamName, ...limits, ...(limit !== null && outputLimit(limit, upstreamName)) };
}

/** The types of models that hold conversations. */
export const talkingTypes = ['text', 'reasoning', 'vision'] as const;
