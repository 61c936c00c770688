import type { JsonObject } from '../format.ts';
import { listIn, objectIn, textIn } from '../json.ts';
import { completionId, finishReason } from './completion.ts';
import { toolArguments } from './tool-arguments.ts';
import { storedThinking } from './stored-thinking.ts';
import { chatUsageOf } from './usage.ts';

/**
 * An Anthropic upstream's whole answer for an OpenAI client
 * (https://platform.openai.com/docs/api-reference/chat/object). Two fields are not OpenAI's: `reasoning_content` is the
 * text of the thinking, as DeepSeek has it; `thinking_blocks` are its signed blocks, as LiteLLM has them, which a client
 * sends back so that the model can go on from its thinking.
 * @param options.model the name that the client knows
 * @param options.created in unix seconds
 */
export function messagesToChatAnswer(
  body: JsonObject,
  { model, created }: { model: string; created: number },
): JsonObject {
  const message = messageOf(listIn(body['content']).map(objectIn));
  return {
    id: completionId(body['id'], created),
    object: 'chat.completion',
    created,
    model,
    choices: [{ index: 0, message, logprobs: null, finish_reason: finishReason(body['stop_reason']) }],
    usage: chatUsageOf(body['usage']),
  };
}

/** Blocks that only tools of Anthropic's own make are passed over: nobody could have asked for them. */
function messageOf(blocks: JsonObject[]): JsonObject {
  const ofType = (wanted: string) => blocks.filter(({ type }) => type === wanted);
  const text = ofType('text')
    .map((block) => textIn(block['text']))
    .join('');
  const reasoning = ofType('thinking')
    .map(({ thinking }) => textIn(thinking))
    .join('');
  const thinking = blocks.flatMap(storedThinking);
  const calls = ofType('tool_use').map(toolCall);
  return {
    role: 'assistant',
    content: text === '' && calls.length > 0 ? null : text,
    refusal: null,
    ...(reasoning !== '' && { reasoning_content: reasoning }),
    ...(thinking.length > 0 && { thinking_blocks: thinking }),
    ...(calls.length > 0 && { tool_calls: calls }),
  };
}

function toolCall({ id, name, input }: JsonObject): JsonObject {
  return { id, type: 'function', function: { name, arguments: toolArguments(input) } };
}
