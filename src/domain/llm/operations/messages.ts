import { chatToMessagesAnswer } from '../formats/chat-to-messages/answer.ts';
import { chatToMessagesStream } from '../formats/chat-to-messages/stream.ts';
import { messagesToChatRequest } from '../formats/messages-to-chat/request.ts';
import { sameMessagesStream } from '../formats/messages/same-stream.ts';
import { messagesNeeds } from '../formats/messages/schema.ts';
import type { MessagesRequest } from '../formats/messages/schema.ts';
import { messagesVoice, translated } from '../streams/client-voice.ts';
import { countMessagesTokens } from '../tokens.ts';
import { talkingTypes } from './chat.ts';
import { conversation } from './conversation.ts';
import type { Operation } from './operation.ts';

/** What an Anthropic client says in headers: `anthropic-version`, `anthropic-beta`. */
export type AnthropicHeaders = Readonly<Record<string, string>>;

/** `POST /v1/messages`. */
export function messagesOperation(request: MessagesRequest, headers: AnthropicHeaders): Operation {
  const streamed = request.stream === true;
  const inputTokens = countMessagesTokens(request);
  return conversation({
    name: 'messages',
    model: request.model,
    streamed,
    needs: {
      types: talkingTypes,
      abilities: { ...messagesNeeds(request), streaming: streamed },
      inputTokens,
      outputTokens: request.max_tokens,
    },
    bodyFor: (format, { upstreamName }) =>
      format === 'anthropic'
        ? { ...request, model: upstreamName }
        : messagesToChatRequest(request, { model: upstreamName }),
    headersFor: (format) => (format === 'anthropic' ? headers : {}),
    answerFrom(format, body, { name }) {
      if (format === 'openai') return chatToMessagesAnswer(body, { model: name });
      return body['model'] === name ? body : { ...body, model: name };
    },
    rewriteFrom: (format, { name }) =>
      format === 'anthropic'
        ? sameMessagesStream({ model: name })
        : translated(messagesVoice, chatToMessagesStream({ model: name, inputTokens })),
  });
}
