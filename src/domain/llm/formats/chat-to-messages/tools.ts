import type { ChatRequest } from '../chat/request.ts';
import { inexpressible } from '../format.ts';
import type { JsonObject } from '../format.ts';
import { isObject, textIn } from '../json.ts';
import { present } from '../present.ts';

/**
 * Functions as Anthropic's tools.
 * @throws AppError `invalid_request` for a tool that is no function
 */
export function toolsOf(tools: ChatRequest['tools']): JsonObject[] | undefined {
  return tools && tools.length > 0 ? tools.map(toolOf) : undefined;
}

function toolOf(tool: JsonObject, index: number): JsonObject {
  const path = `tools.${index}`;
  const declared = tool['function'];
  if (tool['type'] !== 'function') throw inexpressible(`${path}.type`, 'only functions exist at Anthropic');
  if (!isObject(declared) || !textIn(declared['name'])) throw inexpressible(`${path}.function.name`, 'is required');
  return present({
    name: declared['name'],
    description: textIn(declared['description']) || undefined,
    input_schema: isObject(declared['parameters']) ? { type: 'object', ...declared['parameters'] } : NO_PARAMETERS,
    strict: declared['strict'] === true ? true : undefined,
    cache_control: tool['cache_control'] ?? declared['cache_control'],
  });
}

const NO_PARAMETERS = { type: 'object', properties: {} };

/** `parallel_tool_calls` is a part of the choice at Anthropic, which takes a choice only beside tools. */
export function toolChoiceOf(body: ChatRequest): JsonObject | undefined {
  const choice = chosen(body.tool_choice);
  const oneAtATime = body['parallel_tool_calls'] === false;
  if ((body.tools?.length ?? 0) === 0) {
    if (forcesTool(body)) throw inexpressible('tool_choice', 'needs tools to choose from');
    return undefined;
  }
  if (choice['type'] === 'none') return choice;
  if (oneAtATime) return { ...choice, disable_parallel_tool_use: true };
  return body.tool_choice === null || body.tool_choice === undefined ? undefined : choice;
}

/** Whether the model may not answer with a text alone. */
export function forcesTool(body: ChatRequest): boolean {
  const { type } = chosen(body.tool_choice);
  return type === 'any' || type === 'tool';
}

function chosen(choice: ChatRequest['tool_choice']): JsonObject {
  if (choice === null || choice === undefined || choice === 'auto') return { type: 'auto' };
  if (choice === 'none') return { type: 'none' };
  if (choice === 'required') return { type: 'any' };
  if (isObject(choice) && choice['type'] === 'function' && isObject(choice['function'])) {
    return { type: 'tool', name: textIn(choice['function']['name']) };
  }
  throw inexpressible('tool_choice', 'must be auto, none, required or one function for an Anthropic model');
}
