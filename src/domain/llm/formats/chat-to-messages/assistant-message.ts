import type { ChatRequest } from '../chat/request.ts';
import { inexpressible } from '../format.ts';
import type { JsonObject } from '../format.ts';
import { isObject, listIn, objectIn, textIn } from '../json.ts';
import { textBlocks } from './content-parts.ts';
import { parseToolInput, toolUseId } from './tool-calls.ts';

type ChatMessage = ChatRequest['messages'][number];

/**
 * What an assistant said before: its thinking first, as Anthropic requires, then its text, then its calls.
 * @throws AppError `invalid_request` for a call whose arguments are no JSON object, and for what is no text
 */
export function assistantBlocks(message: ChatMessage, path: string): JsonObject[] {
  for (const field of ['audio', 'function_call']) {
    if (message[field]) throw inexpressible(`${path}.${field}`, 'cannot be said to an Anthropic model');
  }
  const refusal = textBlocks(textIn(message['refusal']), path);
  const calls = (message.tool_calls ?? []).map((call, index) => toolUse(call, `${path}.tool_calls.${index}`));
  return [...signedThinking(message), ...textBlocks(message.content, path), ...refusal, ...calls];
}

/**
 * `thinking_blocks` (LiteLLM's extension) as they are. Thinking without a signature, which is all of a plain
 * `reasoning_content`, is left out on purpose: Anthropic refuses thinking that it did not sign, and does not need it.
 */
function signedThinking(message: ChatMessage): JsonObject[] {
  return listIn(message['thinking_blocks']).map(objectIn).filter(isSigned).map(asBlock);
}

function isSigned({ type, signature, data }: JsonObject): boolean {
  return (type === 'thinking' && textIn(signature) !== '') || (type === 'redacted_thinking' && textIn(data) !== '');
}

function asBlock({ type, thinking, signature, data }: JsonObject): JsonObject {
  return type === 'thinking' ? { type, thinking: textIn(thinking), signature } : { type, data };
}

type ToolCall = NonNullable<ChatMessage['tool_calls']>[number];

function toolUse({ id, function: called, ...rest }: ToolCall, path: string): JsonObject {
  if (!called) throw inexpressible(`${path}.type`, 'only calls of functions can be told to an Anthropic model');
  const input = parseToolInput(called.arguments);
  if (!input) throw inexpressible(`${path}.function.arguments`, 'must be a JSON object');
  const cacheControl = isObject(rest['cache_control']) ? { cache_control: rest['cache_control'] } : {};
  return { type: 'tool_use', id: toolUseId(id), name: called.name, input, ...cacheControl };
}
