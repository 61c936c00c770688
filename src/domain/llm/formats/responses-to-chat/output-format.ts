import { z } from 'zod';
import type { ChatRequest } from '../chat/request.ts';
import { inexpressible } from '../format.ts';
import { readAt } from '../responses/read-at.ts';
import type { ResponsesRequest } from '../responses/request.ts';
import { refuseInexpressibleFields, said } from './request-fields.ts';

type ResponseFormat = NonNullable<ChatRequest['response_format']>;

/**
 * `text.format`, whose schema stands one level deeper in a chat; undefined for plain text.
 * @throws AppError `invalid_request` for a format that is neither text nor JSON
 */
export function responseFormatOf(text: ResponsesRequest['text']): ResponseFormat | undefined {
  const format = text?.format;
  switch (format?.type) {
    case undefined:
    case 'text':
      return undefined;
    case 'json_object':
      return { type: 'json_object' };
    case 'json_schema':
      return { type: 'json_schema', json_schema: jsonSchemaOf(format) };
    default:
      throw inexpressible('text.format.type', 'must be text, json_object or json_schema');
  }
}

const jsonSchema = z.looseObject({
  name: z.string().min(1),
  schema: z.looseObject({}),
  description: z.string().nullish(),
  strict: z.boolean().nullish(),
});

function jsonSchemaOf(format: Record<string, unknown>) {
  const fields = { type: said, name: said, schema: said, description: said, strict: said };
  refuseInexpressibleFields(format, fields, 'text.format');
  const { name, schema, description, strict } = readAt(jsonSchema, format, 'text.format');
  return {
    name,
    schema,
    ...(description ? { description } : {}),
    ...(typeof strict === 'boolean' ? { strict } : {}),
  };
}
