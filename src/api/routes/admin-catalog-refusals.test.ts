import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { z } from 'zod';
import { apiPlace } from '../../../test/api-place.ts';
import type { ApiPlace } from '../../../test/api-place.ts';
import { newGroup, newModel, newProvider, prices, staffOf } from '../../../test/catalog-staff.ts';
import type { Staff } from '../../../test/catalog-staff.ts';

/** What the routes of the catalog refuse, and to whom. `taken`, `a-model` and `a-group` are there. */
let place: ApiPlace;
let staff: Staff;
let modelId: string;

beforeAll(async () => {
  const settings = { AUTH_REQUESTS_PER_MINUTE: '100000', PROVIDER_PRIVATE_NETWORKS: 'refuse' };
  place = await apiPlace({ settings });
  staff = await staffOf(place);
  const { call } = staff.admin;
  await call('POST /api/v1/admin/providers', { body: newProvider('taken') });
  const { body } = await call('POST /api/v1/admin/models', { body: newModel('taken', 'a-model') });
  modelId = z.object({ id: z.string() }).parse(body).id;
  await call('POST /api/v1/admin/groups', { body: newGroup('a-group', ['a-model']) });
});
afterAll(() => place.close());

const reads = [
  'GET /api/v1/admin/providers',
  'GET /api/v1/admin/providers/taken',
  'GET /api/v1/admin/models',
  'GET /api/v1/admin/models/:id',
  'GET /api/v1/admin/models/:id/price-versions',
  'GET /api/v1/admin/groups',
  'GET /api/v1/admin/groups/a-group',
  'GET /api/v1/admin/breakers',
  'GET /api/v1/admin/actions',
  'GET /api/v1/models/status',
];

const credentials = ['sk-new'];
const writes: [target: string, body: object | undefined][] = [
  ['POST /api/v1/admin/providers', newProvider('another')],
  ['PUT /api/v1/admin/providers/taken', { display_name: 'Mine' }],
  ['PUT /api/v1/admin/providers/taken/toggle?enabled=false', undefined],
  ['POST /api/v1/admin/providers/taken/rotate-key', { credentials }],
  ['POST /api/v1/admin/providers/taken/test', undefined],
  ['DELETE /api/v1/admin/providers/taken', undefined],
  ['POST /api/v1/admin/models', newModel('taken', 'another')],
  ['PUT /api/v1/admin/models/:id', { display_name: 'Mine' }],
  ['PUT /api/v1/admin/models/:id/toggle?enabled=false', undefined],
  ['PUT /api/v1/admin/models/:id/priority?priority=1', undefined],
  ['DELETE /api/v1/admin/models/:id', undefined],
  ['POST /api/v1/admin/groups', newGroup('another', ['a-model'])],
  ['PUT /api/v1/admin/groups/a-group', { display_name: 'Mine' }],
  ['PUT /api/v1/admin/groups/a-group/toggle?enabled=false', undefined],
  ['DELETE /api/v1/admin/groups/a-group', undefined],
  ['PUT /api/v1/models/config', { groups: [] }],
];

const at = (target: string) => target.replace(':id', modelId);

test.each(reads)('%s: operators read, users and strangers do not', async (target) => {
  expect((await place.call(at(target))).status).toBe(401);
  expect(await staff.user.call(at(target))).toMatchObject({ status: 403, body: { error: { code: 'forbidden' } } });
  expect((await staff.operator.call(at(target))).status).toBe(200);
});

test.each(writes)('%s: neither users, strangers nor operators', async (target, body) => {
  const sent = body ? { body } : {};
  expect((await place.call(at(target), sent)).status).toBe(401);
  for (const { call } of [staff.user, staff.operator]) {
    expect(await call(at(target), sent)).toMatchObject({ status: 403, body: { error: { code: 'forbidden' } } });
  }
});

test.each<[target: string, body: object | undefined]>([
  ['GET /api/v1/admin/providers/none', undefined],
  ['PUT /api/v1/admin/providers/none', { display_name: 'x' }],
  ['PUT /api/v1/admin/providers/none/toggle?enabled=true', undefined],
  ['POST /api/v1/admin/providers/none/rotate-key', { credentials }],
  ['POST /api/v1/admin/providers/none/test', undefined],
  ['POST /api/v1/admin/providers/taken/test?model=mdl_none', undefined],
  ['DELETE /api/v1/admin/providers/none', undefined],
  ['GET /api/v1/admin/models/mdl_none', undefined],
  ['GET /api/v1/admin/models/mdl_none/price-versions', undefined],
  ['GET /api/v1/admin/models?provider_id=none', undefined],
  ['POST /api/v1/admin/models', newModel('none', 'orphan')],
  ['PUT /api/v1/admin/models/mdl_none', { display_name: 'x' }],
  ['PUT /api/v1/admin/models/mdl_none/toggle?enabled=true', undefined],
  ['PUT /api/v1/admin/models/mdl_none/priority?priority=1', undefined],
  ['DELETE /api/v1/admin/models/mdl_none', undefined],
  ['GET /api/v1/admin/groups/none', undefined],
  ['PUT /api/v1/admin/groups/none', { display_name: 'x' }],
  ['PUT /api/v1/admin/groups/none/toggle?enabled=true', undefined],
  ['DELETE /api/v1/admin/groups/none', undefined],
])('%s: what there is not is a 404', async (target, body) => {
  const called = await staff.admin.call(target, body ? { body } : {});
  expect(called).toMatchObject({ status: 404, body: { error: { code: 'not_found' } } });
});

const P = 'POST /api/v1/admin/providers';
const M = 'POST /api/v1/admin/models';
const G = 'POST /api/v1/admin/groups';

test.each<[target: string, body: object | undefined, status: number, field: string]>([
  [P, newProvider('has space'), 400, 'provider_id'],
  [P, newProvider('n', { base_url: 'http://127.0.0.1:11434' }), 400, 'base_url'],
  [P, newProvider('n', { base_url: 'http://0x7f.1/v1' }), 400, 'base_url'],
  [P, newProvider('n', { base_url: 'http://[::ffff:10.0.0.1]/v1' }), 400, 'base_url'],
  [P, newProvider('n', { base_url: 'http://169.254.169.254/' }), 400, 'base_url'],
  [P, newProvider('n', { base_url: 'https://key@api.example.com' }), 400, 'base_url'],
  [P, newProvider('n', { headers: { Authorization: 'Bearer x' } }), 400, 'headers.Authorization'],
  [P, newProvider('n', { headers: { 'x-a': 'b\r\nc: d' } }), 400, 'headers.x-a'],
  [P, newProvider('n', { credentials: ['with space'] }), 400, 'credentials.0'],
  [P, newProvider('n', { credentials: [] }), 422, 'credentials'],
  [P, newProvider('n', { api_key: 'sk-1' }), 400, 'api_key'],
  [P, newProvider('n', { wire_format: 'soap' }), 400, 'wire_format'],
  [P, newProvider('taken'), 409, 'provider_id'],
  ['PUT /api/v1/admin/providers/taken', { base_url: 'http://10.0.0.1' }, 400, 'base_url'],
  ['PUT /api/v1/admin/providers/taken', { credentials }, 400, 'credentials'],
  ['PUT /api/v1/admin/providers/taken/toggle', undefined, 400, 'enabled'],
  ['PUT /api/v1/admin/providers/taken/toggle?enabled=1', undefined, 400, 'enabled'],
  ['POST /api/v1/admin/providers/taken/rotate-key', { credentials: [] }, 400, 'credentials'],
  ['DELETE /api/v1/admin/providers/taken', undefined, 409, 'id'],
  [M, newModel('taken', 'n', { model_id: '' }), 400, 'model_id'],
  [M, newModel('taken', 'a-model'), 409, 'model_id'],
  [M, newModel('taken', 'a-group'), 409, 'model_id'],
  [M, newModel('taken', 'n', { prices: { ...prices, input_nanos: 0.5 } }), 400, 'prices.input_nanos'],
  [M, newModel('taken', 'n', { prices: { ...prices, output_nanos: undefined } }), 400, 'prices.output_nanos'],
  [M, newModel('taken', 'n', { model_type: 'music' }), 400, 'model_type'],
  [M, newModel('taken', 'n', { weight: -1 }), 400, 'weight'],
  ['PUT /api/v1/admin/models/:id', { model_id: 'renamed' }, 400, 'model_id'],
  ['PUT /api/v1/admin/models/:id/toggle?enabled=', undefined, 400, 'enabled'],
  ['PUT /api/v1/admin/models/:id/priority?priority=high', undefined, 400, 'priority'],
  ['PUT /api/v1/admin/models/:id/priority', undefined, 400, 'priority'],
  ['PUT /api/v1/admin/models/:id/priority?priority=', undefined, 400, 'priority'],
  ['GET /api/v1/admin/models?model_type=music', undefined, 400, 'model_type'],
  [G, newGroup('a-group', ['a-model']), 409, 'group_id'],
  [G, newGroup('a-model', ['a-model']), 409, 'group_id'],
  [G, newGroup('n', ['a-model', 'a-modle']), 422, 'model_ids.1'],
  [G, newGroup('n', ['a-model', 'a-model']), 400, 'model_ids'],
  ['PUT /api/v1/admin/groups/a-group', { model_ids: ['nobody'] }, 422, 'model_ids.0'],
  ['PUT /api/v1/admin/groups/a-group', { retry_count: 11 }, 400, 'retry_count'],
  ['PUT /api/v1/admin/groups/a-group/toggle?enabled=maybe', undefined, 400, 'enabled'],
  ['GET /api/v1/admin/actions?cursor=key_1', undefined, 400, 'cursor'],
])('%s %j is a %i that names %s', async (...[target, body, status, field]) => {
  const called = await staff.admin.call(at(target), body ? { body } : {});
  expect(called).toMatchObject({ status, body: { error: { details: { issues: [{ path: field }] } } } });
});
