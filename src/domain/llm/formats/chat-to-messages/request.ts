import { outputLimitOf } from '../chat/request.ts';
import type { ChatRequest } from '../chat/request.ts';
import { inexpressible } from '../format.ts';
import type { JsonObject } from '../format.ts';
import { isObject } from '../json.ts';
import { conversationOf } from './conversation.ts';
import { present } from '../present.ts';
import { outputFormatOf } from './output-format.ts';
import { refuseInexpressibleFields } from './request-fields.ts';
import { thinkingOf } from './thinking.ts';
import { toolChoiceOf, toolsOf } from './tools.ts';

/**
 * An OpenAI client's request for an Anthropic upstream (https://platform.claude.com/docs/en/api/messages/create).
 * `requestFields` lists what becomes of every field.
 * @param options.model the upstream's name of the model
 * @param options.maxOutputTokens used when the client set no limit, which Anthropic requires
 * @throws AppError `invalid_request` that names the field which the other side cannot say
 */
export function chatToMessagesRequest(body: ChatRequest, { model, maxOutputTokens }: Target): JsonObject {
  refuseInexpressibleFields(body);
  const maxTokens = outputLimitOf(body) ?? maxOutputTokens;
  const { system, turns } = conversationOf(body.messages);
  const { format, instruction } = outputFormatOf(body.response_format);
  const { thinking, effort } = thinkingOf(body, { model, maxTokens, turns });
  const outputConfig = present({ effort, format });
  const systemBlocks = instruction === null ? system : [...system, { type: 'text', text: instruction }];
  return present({
    model,
    max_tokens: maxTokens,
    system: systemBlocks.length > 0 ? systemBlocks : undefined,
    messages: turns,
    tools: toolsOf(body.tools),
    tool_choice: toolChoiceOf(body),
    thinking,
    output_config: Object.keys(outputConfig).length > 0 ? outputConfig : undefined,
    stop_sequences: stopSequencesOf(body.stop),
    temperature: temperatureOf(body.temperature),
    top_p: body.top_p,
    top_k: body['top_k'],
    metadata: userOf(body),
    service_tier: serviceTierOf(body['service_tier']),
    cache_control: body['cache_control'],
    stream: body.stream,
  });
}

type Target = { model: string; maxOutputTokens: number };

/** Anthropic refuses a sequence without a visible character. */
function stopSequencesOf(stop: ChatRequest['stop']): string[] | undefined {
  const sequences = typeof stop === 'string' ? [stop] : (stop ?? []);
  if (sequences.some((sequence) => sequence.trim() === '')) {
    throw inexpressible('stop', 'a stop sequence of white space alone cannot be sent to an Anthropic model');
  }
  return sequences.length > 0 ? sequences : undefined;
}

/** The scales are the same, but Anthropic's ends at 1. */
function temperatureOf(temperature: number | null | undefined): number | null | undefined {
  if (typeof temperature === 'number' && temperature > 1) {
    throw inexpressible('temperature', 'must be at most 1 for an Anthropic model');
  }
  return temperature;
}

function userOf(body: ChatRequest): JsonObject | undefined {
  const metadata = isObject(body['metadata']) ? body['metadata'] : {};
  const named = [metadata['user_id'], body['safety_identifier'], body['user']];
  const userId = named.find((id) => typeof id === 'string' && id !== '');
  return userId === undefined ? undefined : { user_id: userId };
}

/** Anthropic's `auto` uses priority capacity when there is some, and `standard_only` never does. */
const serviceTiers = new Map<unknown, string>([
  ['auto', 'auto'],
  ['default', 'standard_only'],
]);

function serviceTierOf(tier: unknown): string | undefined {
  if (tier === null || tier === undefined) return undefined;
  const counterpart = serviceTiers.get(tier);
  if (counterpart === undefined) throw inexpressible('service_tier', 'only auto and default exist at Anthropic');
  return counterpart;
}
