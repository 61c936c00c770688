import { z } from 'zod';
import type { ChatRequest } from '../chat/request.ts';
import { inexpressible } from '../format.ts';
import type { JsonObject } from '../format.ts';
import { readAt } from '../responses/read-at.ts';
import type { ResponsesRequest } from '../responses/request.ts';
import { refuseInexpressibleFields, said, unsayable } from './request-fields.ts';
import type { FieldRules } from './request-fields.ts';

type ToolFields = Pick<ChatRequest, 'tools' | 'tool_choice'> & { parallel_tool_calls?: boolean };

/**
 * The functions, and how to choose among them. Chat completions refuse an empty list, and a choice without tools, which
 * clients of the Responses API send by habit.
 * @throws AppError `invalid_request` for built-in tools: there is nobody here to run them
 */
export function toolFieldsOf({ tools, tool_choice, parallel_tool_calls }: ResponsesRequest): ToolFields {
  const choice = tool_choice ?? null;
  if (!tools || tools.length === 0) {
    if (choice === null || choice === 'auto' || choice === 'none') return {};
    throw inexpressible('tool_choice', 'needs `tools`');
  }
  return {
    tools: tools.map((tool, index) => chatTool(tool, `tools.${index}`)),
    ...(choice === null ? {} : { tool_choice: chatChoice(choice) }),
    ...(typeof parallel_tool_calls === 'boolean' ? { parallel_tool_calls } : {}),
  };
}

const functionTool = z.looseObject({
  name: z.string().min(1),
  description: z.string().nullish(),
  parameters: z.looseObject({}).nullish(),
  strict: z.boolean().nullish(),
});

const functionFields: FieldRules = {
  type: said,
  name: said,
  description: said,
  parameters: said,
  strict: said,
  allowed_callers: { only: [['direct']], because: unsayable.because },
  async: { only: [false], because: unsayable.because },
  defer_loading: { only: [false], because: unsayable.because },
  output_schema: unsayable,
};

/** `strict` is passed on only when said: left out, OpenAI tries it as far as the schema allows, and a chat cannot. */
function chatTool(tool: JsonObject, path: string): { type: string } & JsonObject {
  if (tool['type'] !== 'function') {
    throw inexpressible(`${path}.type`, `only functions can be called here, not ${String(tool['type'])}`);
  }
  refuseInexpressibleFields(tool, functionFields, path);
  const { name, description, parameters, strict } = readAt(functionTool, tool, path);
  return {
    type: 'function',
    function: {
      name,
      ...(description ? { description } : {}),
      ...(parameters ? { parameters } : {}),
      ...(typeof strict === 'boolean' ? { strict } : {}),
    },
  };
}

const named = z.looseObject({ type: z.literal('function', 'only functions can be chosen here'), name: z.string() });
const chosen = z.discriminatedUnion(
  'type',
  [
    named,
    z.looseObject({
      type: z.literal('allowed_tools'),
      mode: z.enum(['auto', 'required']),
      tools: z.array(named).min(1),
    }),
  ],
  { error: 'only functions can be chosen here' },
);
const modes = z.enum(['auto', 'none', 'required']);

function chatChoice(choice: NonNullable<ResponsesRequest['tool_choice']>): string | JsonObject {
  if (typeof choice === 'string') return readAt(modes, choice, 'tool_choice');
  const wanted = readAt(chosen, choice, 'tool_choice');
  if (wanted.type === 'function') return namedFunction(wanted);
  return {
    type: 'allowed_tools',
    allowed_tools: { mode: wanted.mode, tools: wanted.tools.map(namedFunction) },
  };
}

function namedFunction({ name }: { name: string }): JsonObject {
  return { type: 'function', function: { name } };
}
