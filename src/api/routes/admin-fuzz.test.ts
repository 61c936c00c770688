import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { apiPlace } from '../../../test/api-place.ts';
import type { ApiPlace } from '../../../test/api-place.ts';
import { staffOf } from '../../../test/catalog-staff.ts';
import { fuzz } from '../../../test/schemathesis.ts';

let place: ApiPlace;

beforeAll(async () => {
  const settings = { AUTH_REQUESTS_PER_MINUTE: '100000', LOG_LEVEL: 'silent', PROVIDER_PRIVATE_NETWORKS: 'refuse' };
  place = await apiPlace({ settings });
});
afterAll(() => place.close());

test('no request that an admin can make up ends in a server error or in an answer that openapi.json does not know', async () => {
  const { admin } = await staffOf(place);
  const requests = await fuzz({
    url: place.api.url,
    token: admin.authorization.replace('Bearer ', ''),
    except: '^/(?!api/v1/(admin|models)/)',
    examples: 4,
  });
  expect(requests).toBeGreaterThan(100);
});
