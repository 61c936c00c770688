import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { newId } from '../../../infra/ids.ts';
import { createLogger } from '../../../infra/logger.ts';
import { createMetrics } from '../../../infra/metrics.ts';
import { refusal } from '../../../../test/fake-upstream.ts';
import { asking, llmPlace } from '../../../../test/llm-place.ts';
import type { LlmPlace } from '../../../../test/llm-place.ts';
import { eventually } from '../../../../test/usage-place.ts';
import { createBreaker } from './breaker.ts';
import type { CallEnd } from './breaker.ts';
import { createHealthNews } from './health-news.ts';

let place: LlmPlace;
beforeAll(async () => {
  place = await llmPlace();
});
afterAll(() => place.close());

const logger = createLogger({ level: 'silent', name: 'test' });

/** As one process that hears no news has it: it asks Redis each time. */
const breaker = (coolDownMs = 1, probeLeaseMs = 60_000) => {
  const { redis } = place;
  const news = createHealthNews({ redis, subscriber: redis, logger, metrics: createMetrics() });
  return createBreaker({ redis, news, logger, failures: 3, coolDownMs, probeLeaseMs });
};

async function calls(modelId: string, ends: CallEnd['how'][], by = breaker()): Promise<void> {
  for (const how of ends) {
    const pass = await by.enter(modelId);
    if (pass) by.leave(pass, endOf(how));
    await place.redis.ping(); // what was told before this has been heard
  }
}
const endOf = (how: CallEnd['how']): CallEnd => (how === 'failed' ? { how, why: 'status 503' } : { how });

/** Passes the cool-down of one millisecond. */
async function coolDown(): Promise<void> {
  const since = Date.now();
  await eventually(() => Date.now() > since + 2);
}
const path = async (modelId: string) => (await breaker().transitions(modelId)).map(({ from, to }) => `${from} > ${to}`);

test('it opens after N consecutive failures over all processes, and refuses until it has cooled down', async () => {
  const id = newId('mdl');
  const [one, other] = [breaker(60_000), breaker(60_000)];
  await calls(id, ['failed', 'failed', 'succeeded', 'failed', 'failed'], one);
  await expect(one.state(id)).resolves.toBe('closed');
  await calls(id, ['failed'], other);
  await expect(one.state(id)).resolves.toBe('open');
  await expect(one.enter(id)).resolves.toBeNull();
  await expect(path(id)).resolves.toEqual(['closed > open']);
});

test('what the caller did wrong, or a caller who left, never opens it', async () => {
  const id = newId('mdl');
  await calls(
    id,
    Array.from({ length: 10 }, () => 'released' as const),
  );
  await expect(breaker().state(id)).resolves.toBe('closed');
});

test('after the cool-down exactly one of 50 concurrent calls probes; its success closes the breaker', async () => {
  const id = newId('mdl');
  await calls(id, ['failed', 'failed', 'failed']);
  await coolDown();
  const passes = (await Promise.all(Array.from({ length: 50 }, async () => breaker().enter(id)))).filter(
    (pass) => pass !== null,
  );
  expect(passes).toHaveLength(1);
  const [probe] = passes;
  if (probe) breaker().leave(probe, endOf('succeeded'));
  await place.redis.ping();
  await expect(breaker().state(id)).resolves.toBe('closed');
  await expect(path(id)).resolves.toEqual(['closed > open', 'open > half-open', 'half-open > closed']);
});

test('a failed probe opens it again', async () => {
  const id = newId('mdl');
  await calls(id, ['failed', 'failed', 'failed']);
  await coolDown();
  await calls(id, ['failed']);
  await expect(path(id)).resolves.toEqual(['closed > open', 'open > half-open', 'half-open > open']);
});

test('a probe that said nothing, or whose process died, makes way for the next', async () => {
  const id = newId('mdl');
  await calls(id, ['failed', 'failed', 'failed']);
  await coolDown();
  await calls(id, ['released']);
  await expect(breaker(1, 1).enter(id)).resolves.not.toBeNull(); // and dies
  await coolDown();
  await expect(breaker().enter(id)).resolves.not.toBeNull();
});

test('calls that began before it opened change nothing when they end', async () => {
  const id = newId('mdl');
  const early = await breaker(60_000).enter(id);
  await calls(id, ['failed', 'failed', 'failed'], breaker(60_000));
  if (early) breaker(60_000).leave(early, endOf('succeeded'));
  await place.redis.ping();
  await expect(breaker().state(id)).resolves.toBe('open');
});

test('the gateway stops asking a failing model, and 400s never make it', async () => {
  const llm = await place.anotherLlm({ breakerFailures: 2 });
  const caller = await place.newCaller();
  const [failing, picky] = [await place.model('failing'), await place.model('picky')];
  await place.group('only-failing', ['failing']);
  await eventually(
    () => llm.catalog.deployment(picky) !== undefined && llm.catalog.list().some(({ id }) => id === 'only-failing'),
  );
  place.upstream.script('failing', refusal(503));
  place.upstream.script('picky', refusal(400));
  for (let i = 0; i < 5; i++) {
    for (const name of ['only-failing', 'picky']) {
      const { operation, call } = asking(name);
      await llm.call(caller, operation, call).catch(() => undefined);
    }
  }
  expect(place.upstream.calls('failing')).toHaveLength(2);
  expect(place.upstream.calls('picky')).toHaveLength(5);
  await expect(llm.breaker.state(failing)).resolves.toBe('open');
});

test('it opens on half of twenty calls within ten seconds, though no five failed in a row', async () => {
  const id = newId('mdl');
  const by = breaker(60_000);
  for (let i = 0; i < 10; i++) await calls(id, ['succeeded', 'failed'], by);
  await expect(by.state(id)).resolves.toBe('open');
  expect((await by.transitions(id)).at(-1)).toMatchObject({ from: 'closed', to: 'open', why: 'status 503' });
});

test('what one process learns another knows without asking', async () => {
  const id = newId('mdl');
  const other = await place.anotherLlm({ breakerFailures: 3 });
  await other.breaker.enter(id); // has asked once, and keeps what it heard
  await calls(id, ['failed', 'failed', 'failed'], breaker(60_000));
  await eventually(async () => (await other.breaker.enter(id)) === null);
});
