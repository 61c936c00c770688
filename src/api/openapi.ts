import { z } from 'zod';
import { bodiless } from './route.ts';
import type { Allow, Route } from './route.ts';

type Json = Record<string, unknown>;

/** OpenAPI 3.1 from the routes: the schemas that validate are the schemas that are published. */
export function openApi(routes: readonly Route[], { url, version }: { url: string; version: string }): Json {
  const components: Json = {
    Error: errorSchema,
    OpenAiError: openAiErrorSchema,
    AnthropicError: anthropicErrorSchema,
  };
  const paths: Record<string, Json> = {};
  for (const route of routes) {
    const path = (paths[openApiPath(route.path)] ??= {});
    path[route.method.toLowerCase()] = operation(route, components);
  }
  return {
    openapi: '3.1.0',
    info: { title: 'AI Creator Cloud', version, description: DESCRIPTION },
    servers: [{ url }],
    paths,
    components: {
      schemas: components,
      securitySchemes: {
        accessToken: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: 'From login or refresh.' },
        apiKey: { type: 'http', scheme: 'bearer', description: 'An API key, `sk-cf-…`.' },
        apiKeyHeader: { type: 'apiKey', in: 'header', name: 'x-api-key', description: 'The same key, as a header.' },
      },
    },
  };
}

const DESCRIPTION =
  'JSON in snake_case, times in UTC as ISO-8601. Every response carries `x-request-id`. ' +
  'Posts that start work take `Idempotency-Key`: the same key and body give the same answer and one run.';

export const openApiPath = (path: string) => path.replaceAll(/:(\w+)/g, '{$1}');

function operation(route: Route, components: Json): Json {
  const name = operationId(route);
  const schema = (part: z.ZodType, io: 'input' | 'output', suffix: string) =>
    hoisted(z.toJSONSchema(part, { io, unrepresentable: 'any', override: published }), `${name}_${suffix}`, components);
  const parameters = [
    ...fields(route.params, 'path', (field) => schema(field, 'output', 'params')),
    ...fields(route.query, 'query', (field) => schema(field, 'output', 'query')),
    ...(route.idempotent ? [idempotencyKeyParameter] : []),
  ];
  const replies = Object.entries(route.reply).map(([status, reply]) => {
    const content = { [route.produces ?? 'application/json']: { schema: schema(reply, 'output', status) } };
    return [
      status,
      { description: descriptions[status] ?? 'Done.', ...(!bodiless.has(Number(status)) && { content }) },
    ] as const;
  });
  return {
    operationId: name,
    summary: route.summary,
    tags: [route.tag ?? 'service'],
    ...(route.allow === 'public' ? {} : { security: security[route.allow] }),
    ...(parameters.length > 0 && { parameters }),
    ...(route.body && {
      requestBody: {
        required: true,
        content: {
          [route.multipart ? 'multipart/form-data' : 'application/json']: {
            schema: schema(route.body, 'input', 'body'),
          },
        },
      },
    }),
    responses: { ...Object.fromEntries(replies), ...refusals(route) },
  };
}

const operationId = ({ method, path }: Route) =>
  `${method.toLowerCase()}_${path.replaceAll(/[^A-Za-z0-9]+/g, '_').replaceAll(/^_|_$/g, '')}`;

const security = {
  user: [{ accessToken: [] }],
  operator: [{ accessToken: [] }],
  admin: [{ accessToken: [] }],
  key: [{ apiKey: [] }, { apiKeyHeader: [] }],
} as const satisfies Record<Exclude<Allow, 'public'>, unknown>;

const descriptions: Record<string, string> = {
  200: 'Done.',
  201: 'Made.',
  202: 'Started; ask `Location` for its state.',
  204: 'Done, and nothing to say.',
  304: 'What you have is still right.',
  503: 'Not ready.',
};

const idempotencyKeyParameter = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  schema: { type: 'string', minLength: 1, maxLength: 200, pattern: '^[\\x20-\\x7e]+$' },
};

function fields(object: z.ZodObject | undefined, where: string, schemaOf: (field: z.ZodType) => Json): Json[] {
  return Object.entries(object?.shape ?? {}).map(([name, field]) => ({
    name,
    in: where,
    required: where === 'path' || !z.safeParse(field, undefined).success,
    schema: schemaOf(z.clone(field)),
  }));
}

/** Every refusal of a route is an error body, in the language of its clients. */
function refusals({ path, allow, body }: Route): Json {
  const name = errorSchemaOf(path);
  const content = { 'application/json': { schema: { $ref: `#/components/schemas/${name}` } } };
  const refusal = (description: string) => ({ description, content });
  return {
    '400': refusal('The request is not valid; the message names the field.'),
    ...(allow !== 'public' && { '401': refusal('No valid token or key.') }),
    ...(body && { '413': refusal('The body is too large.'), '415': refusal('The body is not JSON.') }),
    default: refusal('Any other failure.'),
  };
}

function errorSchemaOf(path: string): string {
  if (path.startsWith('/v1/messages')) return 'AnthropicError';
  return path.startsWith('/v1/') ? 'OpenAiError' : 'Error';
}

type Override = {
  jsonSchema: {
    type?: unknown;
    pattern?: string;
    format?: string;
    enum?: unknown;
    const?: unknown;
    maxLength?: number;
  };
};

/** Says in the document what holds for every text, and says it in terms that all regular expression engines know. */
function published({ jsonSchema }: Override): void {
  if (jsonSchema.type !== 'string') return;
  const { pattern, format, enum: values, const: value, maxLength = 0 } = jsonSchema;
  const anyText = format === undefined && values === undefined && value === undefined;
  if (pattern)
    jsonSchema.pattern = pattern
      .replaceAll('\\p{Cc}', String.raw`\u0000-\u001f\u007f-\u009f`)
      .replaceAll('\\p{Cs}', '');
  else if (anyText && maxLength <= LONG_TEXT) jsonSchema.pattern = WITHOUT_NUL;
}

/** A pattern on a long text keeps test generators busy for minutes. */
const LONG_TEXT = 1_000;
const WITHOUT_NUL = String.raw`^[^\u0000]*$`;

/** Recursive schemas come with definitions of their own; in a document they have to stand among the components. */
function hoisted(schema: object, name: string, components: Json): Json {
  const text = JSON.stringify(schema).replaceAll('"#/$defs/', `"#/components/schemas/${name}_`);
  const { $schema: _schema, $defs = {}, ...rest } = jsonObject.parse(JSON.parse(text));
  for (const [key, definition] of Object.entries(jsonObject.parse($defs))) components[`${name}_${key}`] = definition;
  return rest;
}

const jsonObject = z.record(z.string(), z.unknown());

const errorSchema = z.toJSONSchema(
  z.looseObject({
    error: z.looseObject({
      code: z.string(),
      message: z.string(),
      details: z.record(z.string(), z.unknown()).optional(),
      request_id: z.string(),
    }),
  }),
);

const openAiErrorSchema = z.toJSONSchema(
  z.looseObject({
    error: z.looseObject({
      message: z.string(),
      type: z.string(),
      param: z.string().nullable(),
      code: z.string().nullable(),
    }),
  }),
);

const anthropicErrorSchema = z.toJSONSchema(
  z.looseObject({
    type: z.literal('error'),
    error: z.looseObject({ type: z.string(), message: z.string() }),
    request_id: z.string().optional(),
  }),
);
