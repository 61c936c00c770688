import type { ChatRequest } from '../chat/request.ts';
import { present } from '../present.ts';
import type { JsonObject } from '../format.ts';
import type { ResponsesRequest } from '../responses/request.ts';
import { conversationOf } from './conversation.ts';
import { responseFormatOf } from './output-format.ts';
import {
  reasoningFields,
  refuseInclusions,
  refuseInexpressibleFields,
  requestFields,
  textFields,
} from './request-fields.ts';
import { toolFieldsOf } from './tools.ts';

/**
 * A request of the Responses API as a chat, which every model here can answer
 * (https://platform.openai.com/docs/guides/migrate-to-responses). `requestFields` lists what becomes of every field.
 * A stream asks for its usage, because the answer tells it.
 * @throws AppError `invalid_request` that names the field which a chat cannot say, or which needs stored state
 */
export function responsesToChatRequest(body: ResponsesRequest): ChatRequest {
  refuseInexpressibleFields(body, requestFields);
  refuseInexpressibleFields(body.reasoning ?? {}, reasoningFields, 'reasoning');
  refuseInexpressibleFields(body.text ?? {}, textFields, 'text');
  refuseInclusions(body.include ?? []);
  return {
    model: body.model,
    messages: conversationOf(body),
    ...toolFieldsOf(body),
    ...present({
      response_format: responseFormatOf(body.text),
      verbosity: body.text?.verbosity,
      reasoning_effort: body.reasoning?.effort,
      max_completion_tokens: body.max_output_tokens,
      temperature: body.temperature,
      top_p: body.top_p,
      stream: body.stream,
      stream_options: body.stream ? { include_usage: true } : undefined,
      ...sameFields(body),
    }),
  };
}

/** Named and meant alike in both APIs. */
const sameNames = [
  'metadata',
  'user',
  'safety_identifier',
  'service_tier',
  'prompt_cache_key',
  'prompt_cache_options',
  'prompt_cache_retention',
] as const;

function sameFields(body: ResponsesRequest): JsonObject {
  return Object.fromEntries(sameNames.map((name) => [name, body[name]]));
}
