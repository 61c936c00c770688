import type { JsonObject } from '../format.ts';
import { listIn, objectIn, textIn } from '../json.ts';
import { argumentsIn, contentIn, thinkingIn } from './answer-parts.ts';
import { emptyMessage, messageId, missingCallId, usageIn, usageUntold } from './message.ts';
import { howItEnded } from './stop-reason.ts';
import { parseToolInput } from './tool-calls.ts';

/**
 * An OpenAI upstream's whole answer as a message for an Anthropic client: thinking, then text, then calls.
 * @param options.model the name under which the client knows the model
 */
export function chatToMessagesAnswer(body: JsonObject, { model }: { model: string }): JsonObject {
  const choice = objectIn(listIn(body['choices'])[0]);
  const said = objectIn(choice['message']);
  const id = messageId(body);
  const refusal = textIn(said['refusal']);
  const calls = listIn(said['tool_calls']).map((call, position) =>
    toolUse(objectIn(call), missingCallId(id, position)),
  );
  return {
    ...emptyMessage({ id, model, usage: usageIn(body) ?? usageUntold(0) }),
    content: [...thinkingBlocks(said), ...textBlock(contentIn(said) + refusal), ...calls],
    ...howItEnded({ finish: textIn(choice['finish_reason']), called: calls.length > 0, refusal }),
  };
}

/** Thinking of a model that signs nothing has the empty signature, which no Anthropic model will take for its own. */
function thinkingBlocks(said: JsonObject): JsonObject[] {
  return thinkingIn(said).map(({ type, data, thinking, signature }) =>
    type === 'redacted_thinking'
      ? { type, data: textIn(data) }
      : { type: 'thinking', thinking: textIn(thinking), signature: textIn(signature) },
  );
}

function textBlock(text: string): JsonObject[] {
  return text === '' ? [] : [{ type: 'text', text }];
}

/**
 * Arguments that are no JSON object stay readable as `_raw`: nothing is lost, and no schema of a tool takes them for
 * valid ones. It happens when an answer is cut by its token limit.
 */
function toolUse(call: JsonObject, missingId: string): JsonObject {
  const called = objectIn(call['function']);
  const argumentText = argumentsIn(called);
  const input = parseToolInput(argumentText) ?? { _raw: argumentText };
  return { type: 'tool_use', id: textIn(call['id']) || missingId, name: textIn(called['name']), input };
}
