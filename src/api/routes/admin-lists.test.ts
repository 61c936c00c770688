import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { apiPlace } from '../../../test/api-place.ts';
import type { ApiPlace } from '../../../test/api-place.ts';
import { staffOf } from '../../../test/catalog-staff.ts';
import type { Staff } from '../../../test/catalog-staff.ts';

let place: ApiPlace;
let staff: Staff;

beforeAll(async () => {
  place = await apiPlace({ settings: { AUTH_REQUESTS_PER_MINUTE: '100000' } });
  staff = await staffOf(place);
});
afterAll(() => place.close());

test.each([
  'users',
  'tiers',
  'stats/overview',
  'browser/workers',
  'browser/sessions',
  'providers',
  'models',
  'groups',
  'breakers',
  'actions',
])('%s: a filter that there is none of is refused, for its answer would be taken for a filtered one', async (list) => {
  const called = await staff.operator.call(`GET /api/v1/admin/${list}?enabled=true`);
  expect(called).toMatchObject({ status: 400, body: { error: { details: { issues: [{ path: 'enabled' }] } } } });
});

test.each([
  ['users?cursor=key_1', 'cursor'],
  ['users?cursor=-1', 'cursor'],
  ['users?cursor=usr_1', 'cursor'],
  ['users?cursor=a&cursor=b', 'cursor'],
  ['users?email=', 'email'],
  ['users?email=%00', 'email'],
  ['users?limit=101', 'limit'],
  ['users?limit=', 'limit'],
  ['users?limit=0x10', 'limit'],
  ['users?limit=1e1', 'limit'],
  ['users?limit=1%0a', 'limit'],
  ['users?limit=99999999999999999999', 'limit'],
  ['actions?cursor=1.5', 'cursor'],
  ['actions?cursor=9999999999999999', 'cursor'],
  ['models?provider_id=a%2Fb', 'provider_id'],
  ['users/%E0%A4%A', 'id'],
  ['users/a%2Fb', 'id'],
  ['tiers/Free', 'id'],
])('%s is a 400 that names %s', async (asked, field) => {
  const called = await staff.operator.call(`GET /api/v1/admin/${asked}`);
  expect(called).toMatchObject({ status: 400, body: { error: { details: { issues: [{ path: field }] } } } });
});
