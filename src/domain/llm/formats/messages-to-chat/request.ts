import { outputLimit } from '../chat/output-limit.ts';
import { inexpressible } from '../format.ts';
import type { JsonObject } from '../format.ts';
import { isObject, textIn } from '../json.ts';
import type { MessagesRequest } from '../messages/schema.ts';
import { present } from '../present.ts';
import { chatMessages } from './conversation.ts';
import { reasoningEffortOf } from './reasoning-effort.ts';
import { bodyFields, outputConfigFields, refuseInexpressibleFields } from './request-fields.ts';
import { toolChoiceOf, toolsOf } from './tools.ts';

/**
 * An Anthropic client's request for an OpenAI upstream (https://platform.openai.com/docs/api-reference/chat/create).
 * `bodyFields` lists what becomes of every field. Two things that another model could not use are left out: thinking in
 * the history, signed by the model that thought it and refused by many others, and marks for Anthropic's cache, as
 * OpenAI's upstreams cache by themselves.
 * @param options.model the upstream's name of the model
 * @throws AppError `invalid_request` that names the field which the other side cannot say
 */
export function messagesToChatRequest(body: MessagesRequest, { model }: { model: string }): JsonObject {
  refuseInexpressibleFields(body, bodyFields);
  if (isObject(body.output_config)) refuseInexpressibleFields(body.output_config, outputConfigFields, 'output_config');
  return present({
    model,
    messages: chatMessages(body),
    ...limitOf(body.max_tokens, model),
    tools: toolsOf(body.tools),
    ...toolChoiceOf(body),
    reasoning_effort: reasoningEffortOf(body),
    response_format: responseFormatOf(body),
    stop: stopOf(body.stop_sequences),
    temperature: body.temperature,
    top_p: body.top_p,
    user: body.metadata?.user_id,
    service_tier: serviceTierOf(body['service_tier']),
    stream: body.stream,
  });
}

function limitOf(maxTokens: number, model: string): JsonObject {
  if (maxTokens === 0) throw inexpressible('max_tokens', 'there is no cache to warm: must be at least 1');
  return outputLimit(maxTokens, model);
}

/**
 * Anthropic guarantees the schema, which only `strict` does at OpenAI. That wants every property required and
 * refuses a schema where it is not.
 */
function responseFormatOf({ output_config, output_format }: MessagesRequest): JsonObject | undefined {
  const path = output_config?.format ? 'output_config.format' : 'output_format';
  const format = output_config?.format ?? output_format;
  if (!format) return undefined;
  if (format.type !== 'json_schema') throw inexpressible(`${path}.type`, 'must be json_schema');
  if (!isObject(format['schema'])) throw inexpressible(`${path}.schema`, 'is required');
  return { type: 'json_schema', json_schema: { name: 'answer', schema: format['schema'], strict: true } };
}

const MOST_STOP_SEQUENCES = 4;

function stopOf(sequences: MessagesRequest['stop_sequences']): string[] | undefined {
  if (!sequences || sequences.length === 0) return undefined;
  if (sequences.length <= MOST_STOP_SEQUENCES) return sequences;
  throw inexpressible('stop_sequences', `an OpenAI model takes at most ${MOST_STOP_SEQUENCES}`);
}

/** `auto` is the default of both. */
function serviceTierOf(tier: unknown): string | undefined {
  if (tier === null || tier === undefined || tier === 'auto') return undefined;
  if (tier === 'standard_only') return 'default';
  throw inexpressible('service_tier', `${textIn(tier)} is neither auto nor standard_only`);
}
