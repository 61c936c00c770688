import { inexpressible } from '../format.ts';
import type { JsonObject } from '../format.ts';
import { listIn, textIn } from '../json.ts';
import type { MessagesRequest } from '../messages/schema.ts';
import { present } from '../present.ts';

/**
 * A client's own tools as functions.
 * @throws AppError `invalid_request` for the tools that Anthropic runs or has trained its models for
 */
export function toolsOf(tools: MessagesRequest['tools']): JsonObject[] | undefined {
  return tools && tools.length > 0 ? tools.map((tool, index) => functionOf(tool, `tools.${index}`)) : undefined;
}

function functionOf(tool: JsonObject, path: string): JsonObject {
  const { type, name, input_schema, strict, allowed_callers } = tool;
  if (type !== undefined && type !== null && type !== 'custom') {
    throw inexpressible(path, `${textIn(type)} is a tool of Anthropic's; an OpenAI model takes only functions`);
  }
  if (tool['defer_loading'] === true) throw inexpressible(`${path}.defer_loading`, 'an OpenAI model gets all tools');
  if (Array.isArray(allowed_callers) && !allowed_callers.includes('direct')) {
    throw inexpressible(`${path}.allowed_callers`, 'must have direct: an OpenAI model runs no code');
  }
  const description = described(tool);
  return {
    type: 'function',
    function: present({
      name,
      description: description === '' ? undefined : description,
      parameters: input_schema,
      strict: strict === true ? true : undefined,
    }),
  };
}

/** A function has no field for examples of its input. */
function described({ description, input_examples }: JsonObject): string {
  const examples = listIn(input_examples).map((example) => JSON.stringify(example));
  const shown = examples.length > 0 ? [`Examples of its input:\n${examples.join('\n')}`] : [];
  return [textIn(description), ...shown].filter((text) => text !== '').join('\n\n');
}

/** `tool_choice` and `parallel_tool_calls`, which OpenAI takes only beside tools. */
export function toolChoiceOf({ tools, tool_choice }: MessagesRequest): JsonObject {
  if (!tool_choice) return {};
  const choice = chosen(tool_choice);
  if (!tools || tools.length === 0) {
    if (choice === 'auto' || choice === 'none') return {};
    throw inexpressible('tool_choice', 'needs tools to choose from');
  }
  const oneAtATime = tool_choice.disable_parallel_tool_use === true && choice !== 'none';
  return { tool_choice: choice, ...(oneAtATime && { parallel_tool_calls: false }) };
}

function chosen({ type, name }: NonNullable<MessagesRequest['tool_choice']>): string | JsonObject {
  switch (type) {
    case 'auto':
    case 'none':
      return type;
    case 'any':
      return 'required';
    case 'tool':
      if (!name) throw inexpressible('tool_choice.name', 'is required');
      return { type: 'function', function: { name } };
    default:
      throw inexpressible('tool_choice.type', 'must be auto, any, tool or none');
  }
}
