import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { z } from 'zod';
import { apiPlace } from '../../../test/api-place.ts';
import type { ApiPlace } from '../../../test/api-place.ts';
import { newGroup, newModel, newProvider, staffOf } from '../../../test/catalog-staff.ts';
import type { Staff } from '../../../test/catalog-staff.ts';

let place: ApiPlace;
let staff: Staff;

const target = '/api/v1/models/config';
const replace = (body: object) => staff.admin.call(`PUT ${target}`, { body });
const config = z.object({
  version: z.string(),
  updated_at: z.string().nullable(),
  groups: z.array(z.looseObject({ group_id: z.string(), models: z.array(z.looseObject({ model_id: z.string() })) })),
});
const read = async (headers: Record<string, string> = {}) => staff.user.call(`GET ${target}`, { headers });
const groupsOf = async () =>
  config
    .parse((await read()).body)
    .groups.map(({ group_id: id, models }) => `${id}: ${models.map(({ model_id: name }) => name).join(', ')}`);

beforeAll(async () => {
  place = await apiPlace({ settings: { AUTH_REQUESTS_PER_MINUTE: '100000' } });
  staff = await staffOf(place);
  const called = await replace({
    providers: [newProvider('one'), newProvider('two')],
    models: [
      newModel('one', 'small', { priority: 2, supports_tools: false, max_context_length: 32_000 }),
      newModel('two', 'small', { priority: 1, supports_vision: true }),
      newModel('one', 'large', { model_type: 'reasoning' }),
      newModel('one', 'off', { enabled: false }),
    ],
    groups: [
      newGroup('auto', ['small', 'off', 'large']),
      newGroup('deep', ['large'], { model_type: 'reasoning' }),
      newGroup('hidden', ['small'], { enabled: false }),
    ],
  });
  expect(called).toMatchObject({ status: 200, body: { success: true } });
});
afterAll(() => place.close());

test('the config has the enabled groups with their enabled models in order, and neither keys nor addresses', async () => {
  const { status, body } = await read();
  expect(status).toBe(200);
  expect(body).toEqual({
    version: expect.any(String),
    updated_at: expect.stringMatching(/Z$/),
    groups: [
      {
        group_id: 'auto',
        model_type: 'text',
        display_name: 'auto',
        models: [
          expect.objectContaining({
            model_id: 'small',
            provider: 'two',
            display_name: 'small',
            supports_streaming: true,
            supports_tools: true,
            supports_vision: true,
            max_tokens: 4_096,
            max_context_length: 128_000,
          }),
          expect.objectContaining({ model_id: 'large', model_type: 'reasoning', provider: 'one' }),
        ],
      },
      expect.objectContaining({ group_id: 'deep' }),
    ],
  });
  expect(JSON.stringify(body)).not.toMatch(/sk-|example\.com/);
});

test('who has the config already is told so, until it changes', async () => {
  const etag = (await read()).headers.get('etag') ?? '';
  expect(etag).toMatch(/^"[^"]+"$/);
  for (const known of [etag, `"other", W/${etag}`, '*']) {
    const again = await read({ 'if-none-match': known });
    expect([again.status, again.body, again.headers.get('etag')]).toEqual([304, '', etag]);
  }
  await staff.admin.call('PUT /api/v1/admin/groups/deep', { body: { display_name: 'Deep thought' } });
  const changed = await read({ 'if-none-match': etag });
  expect(changed.status).toBe(200);
  expect(changed.headers.get('etag')).not.toBe(etag);
});

test('the config shows what the tier of the user opens', async () => {
  const em = place.database.em.fork();
  await em.execute(`update tiers set blocked_models = '["small"]' where id = 'free'`);
  expect(await groupsOf()).toEqual(['auto: large', 'deep: large']);
  await em.execute(`update tiers set blocked_models = null, allowed_model_types = '["text"]' where id = 'free'`);
  expect(await groupsOf()).toEqual(['auto: small']);
  await em.execute(`update tiers set allowed_model_types = null where id = 'free'`);
});

test('a whole config is put in place at once: groups that it does not name are disabled, credentials stay', async () => {
  const { credentials: _left, ...provider } = newProvider('one', { display_name: 'Renamed' });
  const called = await replace({
    providers: [provider],
    groups: [newGroup('auto', ['large', 'small'])],
  });
  expect(called.status).toBe(200);
  expect(await groupsOf()).toEqual(['auto: large, small']);
  expect(await staff.admin.call('GET /api/v1/admin/providers/one')).toMatchObject({
    body: { display_name: 'Renamed', credential_count: 2 },
  });
});

const fresh = newProvider('fresh');

test.each<[object, number, string]>([
  [{ providers: [fresh], groups: [newGroup('auto', ['nobody'])] }, 422, 'groups.0.model_ids.0'],
  [{ providers: [fresh], models: [newModel('none', 'x')], groups: [] }, 404, 'models.0.provider_id'],
  [{ providers: [fresh], models: [newModel('one', 'auto')], groups: [] }, 409, 'models.0.model_id'],
  [{ providers: [fresh, newProvider('bare', { credentials: [] })], groups: [] }, 422, 'providers.1.credentials'],
  [{ providers: [fresh, newProvider('x', { base_url: 'http://[fe80::1]' })], groups: [] }, 400, 'providers.1.base_url'],
  [{ providers: [fresh], groups: [], api_keys: { openai: 'sk-1' } }, 400, 'api_keys'],
  [{ providers: [fresh] }, 400, 'groups'],
])('of a config with a mistake nothing is put in place: %j is a %i that names %s', async (body, status, field) => {
  const before = (await read()).headers.get('etag');
  expect(await replace(body)).toMatchObject({ status, body: { error: { details: { issues: [{ path: field }] } } } });
  expect((await read()).headers.get('etag')).toBe(before);
  expect((await staff.admin.call('GET /api/v1/admin/providers/fresh')).status).toBe(404);
});

test('the usage and the quota are those of the routes under llm', async () => {
  for (const [mine, original] of [
    ['models/usage?period=week', 'llm/usage/summary?period=week'],
    ['models/quota', 'llm/quota'],
  ]) {
    const [called, same] = [
      await staff.user.call(`GET /api/v1/${mine}`),
      await staff.user.call(`GET /api/v1/${original}`),
    ];
    expect(called).toMatchObject({ status: 200, body: same.body });
  }
  expect(await staff.user.call('GET /api/v1/models/usage?period=year')).toMatchObject({
    status: 400,
    body: { error: { details: { issues: [{ path: 'period' }] } } },
  });
});

test.each(['config', 'usage', 'quota'])('%s needs a token', async (path) => {
  expect((await place.call(`GET /api/v1/models/${path}`)).status).toBe(401);
});
