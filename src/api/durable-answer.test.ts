/** Durable completions while no worker is there: what the API does by itself. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { z } from 'zod';
import { apiPlace, callTo, eventually } from '../../test/api-place.ts';
import type { ApiPlace } from '../../test/api-place.ts';
import { modelCalled } from '../../test/llm-place.ts';
import { Completion } from '../entities/completion.ts';
import { completionWorkflowId } from '../workflows/ids.ts';

let place: ApiPlace;
let own: Record<string, string>;

beforeAll(async () => {
  place = await apiPlace({ starts: true, settings: { LLM_REQUEST_TIMEOUT_MS: '600' } });
  const { asUser } = await place.signUp();
  const { body } = await asUser('POST /api/v1/llm/api-keys', { body: { name: 'test' } });
  own = { 'x-api-key': z.object({ secret: z.string() }).parse(body).secret };
  const { catalog } = place.llm;
  const provider = { displayName: 'Closed', enabled: true, baseUrl: 'http://127.0.0.1:9/v1', credentials: ['sk-x'] };
  await catalog.upsertProvider({ id: 'closed', ...provider });
  await catalog.upsertModel({ ...modelCalled('small'), providerId: 'closed' });
});
afterAll(() => place.close());

const question = { model: 'small', max_tokens: 10, messages: [{ role: 'user', content: 'Hello?' }] };
const rowFor = (key: string) => place.database.em.fork().findOne(Completion, { purpose: { $like: `%:${key}` } });
const ask = (path: string, headers: Record<string, string>) =>
  callTo(place.api.url, own)(`POST ${path}`, { body: question, headers });

async function stateOf(key: string): Promise<string | null> {
  const row = await rowFor(key);
  if (!row) return null;
  const run = place.temporal.workflow.getHandle(completionWorkflowId(row.id));
  return run.describe().then(
    ({ status }) => status.name,
    () => null,
  );
}

test.each([
  ['a client’s own deadline', 'hurried', { 'x-request-timeout-ms': '200' }],
  ['as long as answers may take', 'patient', {}],
])('nobody waits longer than %s, and the run goes on', async (_, key, headers) => {
  const { status, body } = await ask('/v1/chat/completions', { ...headers, 'idempotency-key': key });
  expect([status, body]).toEqual([504, { error: expect.objectContaining({ code: 'upstream_timeout' }) }]);
  expect(JSON.stringify(body)).toContain('same Idempotency-Key');
  await expect(stateOf(key)).resolves.toBe('RUNNING');
});

test('nobody waits for a client that has gone, and the run goes on', async () => {
  const leaving = new AbortController();
  const headers = { ...own, 'content-type': 'application/json', 'idempotency-key': 'left' };
  const sent = { method: 'POST', body: JSON.stringify(question), headers, signal: leaving.signal };
  const asking = fetch(`${place.api.url}/v1/chat/completions`, sent);
  await eventually(async () => (await stateOf('left')) === 'RUNNING');
  const lines = place.logLines.length;
  leaving.abort();
  await expect(asking).rejects.toThrow('aborted');
  await eventually(() => place.logLines.slice(lines).some((line) => line.includes('/v1/chat/completions')), 1_500);
  await expect(stateOf('left')).resolves.toBe('RUNNING');
});

test('what an Anthropic client says in headers is written down with its request', async () => {
  const spoken = { 'anthropic-beta': 'context-1m-2025-08-07', 'anthropic-version': '2023-06-01' };
  await ask('/v1/messages', { ...spoken, 'idempotency-key': 'dated', 'x-request-timeout-ms': '100' });
  await expect(rowFor('dated')).resolves.toMatchObject({ requestHeaders: spoken });
});
