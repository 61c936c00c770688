import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { z } from 'zod';
import { apiPlace } from '../../../test/api-place.ts';
import type { ApiPlace } from '../../../test/api-place.ts';

let place: ApiPlace;
let document: z.output<typeof openApi>;

const operation = z.looseObject({
  operationId: z.string(),
  summary: z.string(),
  security: z.array(z.record(z.string(), z.array(z.string()))).optional(),
  parameters: z.array(z.object({ name: z.string(), in: z.string(), required: z.boolean() }).loose()).optional(),
  requestBody: z.unknown().optional(),
  responses: z.record(z.string(), z.looseObject({ description: z.string() })),
});
const openApi = z.object({
  openapi: z.literal('3.1.0'),
  servers: z.array(z.object({ url: z.string() })),
  paths: z.record(z.string(), z.record(z.string(), operation)),
  components: z.looseObject({ schemas: z.record(z.string(), z.unknown()) }),
  info: z.looseObject({ title: z.string(), version: z.string() }),
});

beforeAll(async () => {
  place = await apiPlace();
  document = openApi.parse((await place.call('GET /openapi.json')).body);
});
afterAll(() => place.close());

const operations = () =>
  Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, each]) => Object.assign(each, { path, method })),
  );

test('openapi.json lists every route of the product', () => {
  const listed = operations().map(({ method, path }) => `${method.toUpperCase()} ${path}`);
  expect(listed.sort()).toEqual([
    'DELETE /api/v1/admin/groups/{id}',
    'DELETE /api/v1/admin/models/{id}',
    'DELETE /api/v1/admin/providers/{id}',
    'DELETE /api/v1/admin/tiers/{id}',
    'DELETE /api/v1/credential/grants/{id}',
    'DELETE /api/v1/credential/{platform}/{account_id}',
    'DELETE /api/v1/llm/api-keys/{id}',
    'DELETE /api/v1/publish/recurring/{id}',
    'DELETE /api/v1/publish/{target}',
    'DELETE /api/v1/webhooks/{id}',
    'GET /api/v1/admin/actions',
    'GET /api/v1/admin/breakers',
    'GET /api/v1/admin/browser/sessions',
    'GET /api/v1/admin/browser/workers',
    'GET /api/v1/admin/groups',
    'GET /api/v1/admin/groups/{id}',
    'GET /api/v1/admin/models',
    'GET /api/v1/admin/models/{id}',
    'GET /api/v1/admin/models/{id}/price-versions',
    'GET /api/v1/admin/providers',
    'GET /api/v1/admin/providers/{id}',
    'GET /api/v1/admin/publications/{id}/evidence',
    'GET /api/v1/admin/stats/overview',
    'GET /api/v1/admin/tiers',
    'GET /api/v1/admin/tiers/{id}',
    'GET /api/v1/admin/users',
    'GET /api/v1/admin/users/{id}',
    'GET /api/v1/admin/worker-keys',
    'GET /api/v1/admin/worker-keys/{key_id}/grants',
    'GET /api/v1/agent/task/{id}',
    'GET /api/v1/agent/task/{id}/events',
    'GET /api/v1/analytics/overview',
    'GET /api/v1/analytics/posts',
    'GET /api/v1/auth/me',
    'GET /api/v1/credential/accounts',
    'GET /api/v1/credential/download/{platform}/{account_id}',
    'GET /api/v1/credential/worker-key',
    'GET /api/v1/credential/{platform}/{account_id}/devices',
    'GET /api/v1/credential/{platform}/{account_id}/grants',
    'GET /api/v1/credential/{platform}/{account_id}/openings',
    'GET /api/v1/events',
    'GET /api/v1/llm/api-keys',
    'GET /api/v1/llm/api-keys/{id}',
    'GET /api/v1/llm/quota',
    'GET /api/v1/llm/usage/by-model',
    'GET /api/v1/llm/usage/daily-trend',
    'GET /api/v1/llm/usage/export.csv',
    'GET /api/v1/llm/usage/history',
    'GET /api/v1/llm/usage/summary',
    'GET /api/v1/models/config',
    'GET /api/v1/models/quota',
    'GET /api/v1/models/status',
    'GET /api/v1/models/usage',
    'GET /api/v1/notices',
    'GET /api/v1/notices/settings',
    'GET /api/v1/publish',
    'GET /api/v1/publish/accounts/{platform}/{account_id}/pace',
    'GET /api/v1/publish/accounts/{platform}/{account_id}/proxy',
    'GET /api/v1/publish/accounts/{platform}/{account_id}/slots',
    'GET /api/v1/publish/accounts/{platform}/{account_id}/slots/next',
    'GET /api/v1/publish/batch/{id}',
    'GET /api/v1/publish/platforms',
    'GET /api/v1/publish/recurring',
    'GET /api/v1/publish/recurring/{id}',
    'GET /api/v1/publish/status/{id}',
    'GET /api/v1/publish/{target}/login',
    'GET /api/v1/webhooks',
    'GET /api/v1/webhooks/{id}',
    'GET /api/v1/webhooks/{id}/deliveries',
    'GET /docs',
    'GET /healthz',
    'GET /metrics',
    'GET /openapi.json',
    'GET /readyz',
    'GET /v1/models',
    'GET /v1/models/{id}',
    'PATCH /api/v1/admin/users/{id}',
    'PATCH /api/v1/llm/api-keys/{id}',
    'PATCH /api/v1/notices/settings',
    'PATCH /api/v1/publish/recurring/{id}',
    'PATCH /api/v1/publish/{target}',
    'PATCH /api/v1/webhooks/{id}',
    'POST /api/v1/admin/browser/workers/{id}/drain',
    'POST /api/v1/admin/browser/workers/{id}/restart',
    'POST /api/v1/admin/browser/workers/{id}/undrain',
    'POST /api/v1/admin/codec/decode',
    'POST /api/v1/admin/groups',
    'POST /api/v1/admin/models',
    'POST /api/v1/admin/providers',
    'POST /api/v1/admin/providers/{id}/rotate-key',
    'POST /api/v1/admin/providers/{id}/test',
    'POST /api/v1/admin/tiers',
    'POST /api/v1/agent/create-article',
    'POST /api/v1/analytics/collect',
    'POST /api/v1/auth/llm-token',
    'POST /api/v1/auth/login',
    'POST /api/v1/auth/logout',
    'POST /api/v1/auth/refresh',
    'POST /api/v1/auth/register',
    'POST /api/v1/auth/token',
    'POST /api/v1/credential/upload',
    'POST /api/v1/llm/api-keys',
    'POST /api/v1/llm/api-keys/{id}/regenerate',
    'POST /api/v1/notices/{id}/read',
    'POST /api/v1/publish/accounts/{platform}/{account_id}/disable',
    'POST /api/v1/publish/accounts/{platform}/{account_id}/enable',
    'POST /api/v1/publish/batch',
    'POST /api/v1/publish/drafts',
    'POST /api/v1/publish/recurring',
    'POST /api/v1/publish/schedule',
    'POST /api/v1/publish/{target}',
    'POST /api/v1/publish/{target}/login',
    'POST /api/v1/publish/{target}/login/again',
    'POST /api/v1/publish/{target}/publish-now',
    'POST /api/v1/publish/{target}/resolve',
    'POST /api/v1/publish/{target}/retry',
    'POST /api/v1/webhooks',
    'POST /api/v1/webhooks/{id}/rotate-secret',
    'POST /api/v1/webhooks/{id}/test',
    'POST /codec/{token}/decode',
    'POST /codec/{token}/encode',
    'POST /v1/audio/speech',
    'POST /v1/audio/transcriptions',
    'POST /v1/chat/completions',
    'POST /v1/embeddings',
    'POST /v1/images/generations',
    'POST /v1/messages',
    'POST /v1/messages/count_tokens',
    'POST /v1/responses',
    'PUT /api/v1/admin/groups/{id}',
    'PUT /api/v1/admin/groups/{id}/toggle',
    'PUT /api/v1/admin/models/{id}',
    'PUT /api/v1/admin/models/{id}/priority',
    'PUT /api/v1/admin/models/{id}/toggle',
    'PUT /api/v1/admin/providers/{id}',
    'PUT /api/v1/admin/providers/{id}/toggle',
    'PUT /api/v1/admin/tiers/{id}',
    'PUT /api/v1/models/config',
    'PUT /api/v1/publish/accounts/{platform}/{account_id}/pace',
    'PUT /api/v1/publish/accounts/{platform}/{account_id}/proxy',
    'PUT /api/v1/publish/accounts/{platform}/{account_id}/slots',
  ]);
});

test('every operation has a name of its own and declares all parameters of its path', () => {
  const names = operations().map(({ operationId }) => operationId);
  expect(new Set(names).size).toBe(names.length);
  for (const { path, parameters = [] } of operations()) {
    const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
    expect(parameters.filter((each) => each.in === 'path').map(({ name }) => name)).toEqual(inPath);
  }
});

test('every reference in openapi.json leads somewhere', () => {
  const references = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map(
    ([, reference]) => reference ?? '',
  );
  expect(references.length).toBeGreaterThan(0);
  for (const reference of references) {
    const name = reference.replace('#/components/schemas/', '');
    expect(Object.keys(document.components.schemas)).toContain(name);
  }
});

test('every route refuses who may not ask it, and says so in openapi.json', async () => {
  for (const { path, method, security, requestBody } of operations()) {
    if (!security) continue;
    const body = requestBody ? { body: {} } : {};
    const { status } = await place.call(`${method.toUpperCase()} ${path.replaceAll(/\{\w+\}/g, 'x')}`, body);
    expect([path, status]).toEqual([path, 401]);
  }
});

test('a request body of openapi.json is the schema that validates', () => {
  const register = document.paths['/api/v1/auth/register']?.['post'];
  expect(register?.requestBody).toMatchObject({
    required: true,
    content: {
      'application/json': {
        schema: {
          type: 'object',
          required: ['email', 'password'],
          additionalProperties: false,
          properties: { password: { type: 'string', minLength: 8, maxLength: 128 } },
        },
      },
    },
  });
  const query = document.paths['/api/v1/llm/api-keys']?.['get']?.parameters;
  expect(query).toContainEqual(
    expect.objectContaining({
      name: 'limit',
      in: 'query',
      required: false,
      schema: expect.objectContaining({ type: 'integer', maximum: 100 }),
    }),
  );
});

test('the page for people names every path and runs no script', async () => {
  const { status, headers, body } = await place.call('GET /docs');
  expect([status, headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
  for (const path of Object.keys(document.paths)) expect(body).toContain(`<code>${path}</code>`);
  expect(body).not.toContain('<script');
});
