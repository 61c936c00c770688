import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { z } from 'zod';
import { apiPlace, callTo, eventually } from '../../../test/api-place.ts';
import type { ApiPlace, Called } from '../../../test/api-place.ts';
import { newGroup, newModel, newProvider, prices, staffOf } from '../../../test/catalog-staff.ts';
import type { Staff } from '../../../test/catalog-staff.ts';
import { fakeUpstream } from '../../../test/fake-upstream.ts';

let place: ApiPlace;
let staff: Staff;
const admin = (...asked: Parameters<Staff['admin']['call']>) => staff.admin.call(...asked);

beforeAll(async () => {
  place = await apiPlace({ settings: { AUTH_REQUESTS_PER_MINUTE: '100000' } });
  staff = await staffOf(place);
});
afterAll(() => place.close());

const providers = '/api/v1/admin/providers';
const models = '/api/v1/admin/models';
const groups = '/api/v1/admin/groups';

const idOf = ({ body }: Called) => z.object({ id: z.string() }).parse(body).id;

async function made(target: string, body: object): Promise<Called> {
  const called = await admin(target, { body });
  expect(called).toMatchObject({ status: 201 });
  return called;
}

test('a provider is made, read, changed, disabled and deleted, and nobody sees its credentials or the values of its headers', async () => {
  const given = newProvider('p1', { headers: { 'x-title': 'sk-in-a-header' }, wire_format: 'anthropic' });
  const answers = [
    await made(`POST ${providers}`, given),
    await admin(`GET ${providers}`),
    await admin(`GET ${providers}/p1`),
    await admin(`PUT ${providers}/p1`, { body: { display_name: 'Renamed', timeout_ms: 9_000 } }),
    await admin(`PUT ${providers}/p1/toggle?enabled=false`),
    await admin('GET /api/v1/admin/actions'),
  ];
  expect(JSON.stringify(answers.map(({ body }) => body))).not.toContain('sk-');
  expect(answers[4]).toMatchObject({
    status: 200,
    body: {
      provider_id: 'p1',
      display_name: 'Renamed',
      wire_format: 'anthropic',
      timeout_ms: 9_000,
      global_rpm_limit: 1_000,
      global_tpm_limit: 1_000_000,
      header_names: ['x-title'],
      credential_count: 2,
      model_count: 0,
      enabled: false,
    },
  });
  expect((await admin(`DELETE ${providers}/p1`)).status).toBe(204);
  expect((await admin(`GET ${providers}/p1`)).status).toBe(404);
});

test('the providers that the product knows are there, disabled, until they have a key', async () => {
  const openai = `${providers}/openai`;
  expect(await admin(`GET ${openai}`)).toMatchObject({ body: { enabled: false, credential_count: 0 } });
  expect(await admin(`PUT ${openai}/toggle?enabled=true`)).toMatchObject({
    status: 422,
    body: { error: { code: 'unprocessable', details: { issues: [{ path: 'credentials' }] } } },
  });
  expect(await admin(`POST ${openai}/rotate-key`, { body: { credentials: ['sk-new'] } })).toMatchObject({
    status: 200,
    body: { credential_count: 1 },
  });
  expect(await admin(`PUT ${openai}/toggle?enabled=true`)).toMatchObject({ status: 200, body: { enabled: true } });
});

test('a model is made, read, changed, ordered, disabled and deleted', async () => {
  await made(`POST ${providers}`, newProvider('p2'));
  const id = idOf(await made(`POST ${models}`, newModel('p2', 'vendor/model:1')));
  expect(await admin(`GET ${models}/${id}`)).toMatchObject({
    status: 200,
    body: {
      id,
      model_id: 'vendor/model:1',
      upstream_name: 'vendor/model:1',
      max_tokens: 4_096,
      max_context_length: 128_000,
      supports_streaming: true,
      supports_tools: true,
      supports_vision: false,
      rpm_limit: 60,
      tpm_limit: 100_000,
      priority: 100,
      weight: 1,
      prices,
      price_version: 1,
      enabled: true,
    },
  });
  await admin(`PUT ${models}/${id}`, { body: { prices: { ...prices, image_nanos: 7 }, supports_vision: true } });
  await admin(`PUT ${models}/${id}/priority?priority=3`);
  expect(await admin(`PUT ${models}/${id}/toggle?enabled=false`)).toMatchObject({
    status: 200,
    body: { priority: 3, enabled: false, supports_vision: true, price_version: 2 },
  });
  expect(await admin(`GET ${models}?provider_id=p2&model_type=text`)).toMatchObject({ body: { data: [{ id }] } });
  expect(await admin(`GET ${models}?provider_id=p2&model_type=image`)).toMatchObject({ body: { data: [] } });

  expect((await admin(`DELETE ${providers}/p2`)).status).toBe(409);
  expect((await admin(`DELETE ${models}/${id}`)).status).toBe(204);
  expect(await admin(`GET ${models}/${id}/price-versions`)).toMatchObject({
    body: {
      data: [
        { version: 2, prices: { image_nanos: 7 } },
        { version: 1, prices },
      ],
    },
  });
});

test('a group is made, read, changed, disabled and deleted', async () => {
  await made(`POST ${providers}`, newProvider('p3'));
  for (const name of ['g-one', 'g-two']) await made(`POST ${models}`, newModel('p3', name));
  await made(`POST ${groups}`, newGroup('g', ['g-one']));
  await admin(`PUT ${groups}/g`, { body: { model_ids: ['g-two', 'g-one'], retry_count: 1 } });
  expect(await admin(`GET ${groups}/g`)).toMatchObject({
    status: 200,
    body: {
      group_id: 'g',
      model_ids: ['g-two', 'g-one'],
      retry_count: 1,
      fallback_enabled: true,
      timeout_ms: 30_000,
      enabled: true,
    },
  });
  expect(await admin(`PUT ${groups}/g/toggle?enabled=false`)).toMatchObject({ body: { enabled: false } });
  expect(JSON.stringify((await admin(`GET ${groups}`)).body)).toContain('"g"');
  expect((await admin(`DELETE ${groups}/g`)).status).toBe(204);
  expect((await admin(`GET ${groups}/g`)).status).toBe(404);
});

test('a change is live in another process within a second', async () => {
  const other = await place.process();
  const key = await staff.user.call('POST /api/v1/llm/api-keys', { body: { name: 'test' } });
  const { secret } = z.object({ secret: z.string() }).parse(key.body);
  const listed = callTo(other.url, { 'x-api-key': secret });
  const ids = async () =>
    z
      .object({ data: z.array(z.object({ id: z.string() })) })
      .parse((await listed('GET /v1/models')).body)
      .data.map(({ id }) => id);

  await made(`POST ${providers}`, newProvider('p4'));
  const id = idOf(await made(`POST ${models}`, newModel('p4', 'live')));
  await eventually(async () => (await ids()).includes('live'), 1_000);
  await admin(`PUT ${models}/${id}/toggle?enabled=false`);
  await eventually(async () => !(await ids()).includes('live'), 1_000);
});

test('a test of a provider is a real call with its own credential, whatever it says', async () => {
  const upstream = await fakeUpstream();
  const given = { base_url: upstream.url, credentials: ['sk-tested'], enabled: false };
  await made(`POST ${providers}`, newProvider('tested', given));
  const id = idOf(await made(`POST ${models}`, newModel('tested', 'asked')));
  upstream.script('asked', { body: { id: 'x', object: 'chat.completion', choices: [] } }, { status: 401, body: {} });
  const ask = () => admin(`POST ${providers}/tested/test?model=${id}`);
  expect(await ask()).toMatchObject({ status: 200, body: { ok: true, status: 200 } });
  expect(await ask()).toMatchObject({ status: 200, body: { ok: false, status: 401 } });
  expect(upstream.calls('asked')[0]?.authorization).toBe('Bearer sk-tested');
  await upstream.close();
  expect(await ask()).toMatchObject({ status: 200, body: { ok: false, status: null } });
});

test('the breaker of each model is shown with why it opened', async () => {
  await made(`POST ${providers}`, newProvider('p5'));
  const id = idOf(await made(`POST ${models}`, newModel('p5', 'breaking')));
  const { breaker } = place.llm;
  const mine = async () => {
    const { body } = await staff.operator.call('GET /api/v1/admin/breakers');
    const { data } = z.object({ data: z.array(z.looseObject({ id: z.string() })) }).parse(body);
    return data.find((one) => one.id === id);
  };
  expect(await mine()).toEqual({ id, model_id: 'breaking', provider_id: 'p5', state: 'closed', transitions: [] });

  for (let n = 0; n < place.config.BREAKER_FAILURES; n += 1) {
    breaker.leave({ modelId: id, probe: null }, { how: 'failed', why: 'status 500' });
  }
  await eventually(async () => (await breaker.state(id)) === 'open');
  expect(await mine()).toMatchObject({ state: 'open', transitions: [{ from: 'closed', to: 'open' }] });
  expect(await staff.operator.call('GET /api/v1/models/status')).toMatchObject({
    status: 200,
    body: { circuit_breakers: { breaking: [{ provider_id: 'p5', state: 'open', last_transition: { to: 'open' } }] } },
  });
});

test('every change is written down with who made it, and without secrets', async () => {
  await made(`POST ${providers}`, newProvider('p6'));
  await admin(`POST ${providers}/p6/rotate-key`, { body: { credentials: ['sk-third'] } });
  expect((await admin(`DELETE ${providers}/none`)).status).toBe(404);

  const first = await staff.operator.call('GET /api/v1/admin/actions?limit=1');
  expect(first).toMatchObject({
    status: 200,
    body: {
      data: [
        {
          user_id: staff.admin.userId,
          action: 'provider.rotate-key',
          target: 'p6',
          details: { credentials: ['[secret]'] },
        },
      ],
    },
  });
  const { next_cursor: cursor } = z.object({ next_cursor: z.string() }).parse(first.body);
  expect(await staff.operator.call(`GET /api/v1/admin/actions?limit=1&cursor=${cursor}`)).toMatchObject({
    body: { data: [{ action: 'provider.create', target: 'p6', details: { credentials: ['[secret]', '[secret]'] } }] },
  });
});
