import { newId } from '../../../infra/ids.ts';
import { chatToMessagesRequest } from '../formats/chat-to-messages/request.ts';
import { chatToResponsesAnswer } from '../formats/chat-to-responses/answer.ts';
import { chatToResponsesStream } from '../formats/chat-to-responses/stream.ts';
import { needsOf, outputLimitOf } from '../formats/chat/request.ts';
import type { ChatRequest } from '../formats/chat/request.ts';
import { messagesToChatAnswer } from '../formats/messages-to-chat/answer.ts';
import { messagesToChatStream } from '../formats/messages-to-chat/stream.ts';
import { responsesToChatRequest } from '../formats/responses-to-chat/request.ts';
import type { ResponsesRequest } from '../formats/responses/request.ts';
import { responsesVoice, translated } from '../streams/client-voice.ts';
import { countRequestTokens } from '../tokens.ts';
import { talkingTypes, withLimit } from './chat.ts';
import { conversation } from './conversation.ts';
import type { Operation } from './operation.ts';

/** `POST /v1/responses`, its stateless part: asked as a chat, answered as a response. */
export function responsesOperation(request: ResponsesRequest, now: () => Date): Operation {
  const chat = responsesToChatRequest(request);
  const streamed = request.stream === true;
  const created = Math.floor(now().getTime() / 1000);
  const about = (model: string) => ({ request, model, responseId: newId('resp'), created });
  return conversation({
    name: 'responses',
    model: request.model,
    streamed,
    needs: {
      types: talkingTypes,
      abilities: { ...needsOf(chat), streaming: streamed },
      inputTokens: countRequestTokens(chat),
      outputTokens: outputLimitOf(chat),
    },
    bodyFor: (format, { upstreamName, maxOutputTokens }) =>
      format === 'openai'
        ? withLimit(withoutMetadata(chat), upstreamName)
        : chatToMessagesRequest(chat, { model: upstreamName, maxOutputTokens }),
    headersFor: () => ({}),
    answerFrom(format, body, { name }) {
      const answer = format === 'openai' ? body : messagesToChatAnswer(body, { model: name, created });
      return chatToResponsesAnswer(answer, about(name));
    },
    rewriteFrom(format, { name }) {
      const last = chatToResponsesStream(about(name));
      if (format === 'openai') return translated(responsesVoice, last);
      const first = messagesToChatStream({ model: name, created, includeUsage: true });
      return translated(responsesVoice, first, last);
    },
  });
}

/** OpenAI takes `metadata` only with what it stores; the client finds it in its answer. */
function withoutMetadata({ metadata: _metadata, ...chat }: ChatRequest): ChatRequest {
  return chat;
}
