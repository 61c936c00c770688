import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { apiPlace } from '../../../test/api-place.ts';
import type { ApiPlace } from '../../../test/api-place.ts';
import type { Readiness } from '../readiness.ts';

let place: ApiPlace;
let state: Readiness;

beforeAll(async () => {
  place = await apiPlace({ readiness: async () => state });
});
afterAll(() => place.close());

test('a process that answers is healthy, whatever it depends on', async () => {
  state = { ready: false, checks: {} };
  expect(await place.call('GET /healthz')).toMatchObject({ status: 200, body: { ok: true } });
});

test('readiness names each dependency, and is a 503 as long as one is missing', async () => {
  state = { ready: true, checks: { postgres: { ok: true, latency_ms: 2 } } };
  expect(await place.call('GET /readyz')).toMatchObject({ status: 200, body: state });

  state = { ready: false, checks: { redis: { ok: false, latency_ms: 3, detail: 'refused' } } };
  expect(await place.call('GET /readyz')).toMatchObject({ status: 503, body: state });
});

test('metrics count requests by the pattern of their route', async () => {
  await place.call('GET /api/v1/agent/task/art_1');
  const { status, headers, body } = await place.call('GET /metrics');

  expect([status, headers.get('content-type')]).toEqual([200, expect.stringMatching(/^text\/plain/)]);
  expect(body).toMatch(
    /http_request_duration_seconds_count\{method="GET",route="\/api\/v1\/agent\/task\/:id",status="401"\} 1/,
  );
  expect(body).not.toContain('art_1');
});
