import type { ChatRequest } from '../chat/request.ts';
import { inexpressible } from '../format.ts';
import type { JsonObject } from '../format.ts';
import { isObject, textIn } from '../json.ts';

/**
 * `response_format` at Anthropic. A schema is enforced by its structured outputs (`output_config.format`,
 * https://platform.claude.com/docs/en/build-with-claude/structured-outputs): the answer stays a text, streams as one,
 * and goes together with tools and thinking, which a forced tool would not. JSON of any shape has no such
 * enforcement, as a format needs a schema that closes every object; so it is asked for in `system`.
 * @throws AppError `invalid_request`
 */
export function outputFormatOf(responseFormat: ChatRequest['response_format']): OutputFormat {
  switch (responseFormat?.type) {
    case undefined:
    case 'text':
      return { format: null, instruction: null };
    case 'json_object':
      return { format: null, instruction: JSON_INSTRUCTION };
    case 'json_schema':
      return { format: { type: 'json_schema', schema: schemaIn(responseFormat?.['json_schema']) }, instruction: null };
    default:
      throw inexpressible('response_format.type', 'must be text, json_object or json_schema');
  }
}

type OutputFormat = { format: JsonObject | null; instruction: string | null };

const JSON_INSTRUCTION =
  'Answer with exactly one valid JSON object and nothing else: no text before or after it, and no code fence.';

/** The description of the format tells the model what it is for; Anthropic has it in the schema. */
function schemaIn(declared: unknown): JsonObject {
  if (!isObject(declared) || !isObject(declared['schema'])) {
    throw inexpressible('response_format.json_schema.schema', 'is required');
  }
  const description = textIn(declared['description']);
  return description === '' ? declared['schema'] : { description, ...declared['schema'] };
}
