/** Test set-up: the gateway on a real Redis and Postgres, in front of scripted upstreams. */
import { z } from 'zod';
import { chatOperation, createLlm } from '../src/domain/llm/llm.ts';
import type { Call, ChatRequest, GroupInput, Llm, ModelInput, Operation, Result } from '../src/domain/llm/llm.ts';
import { UsageRecord } from '../src/entities/usage-record.ts';
import { AppError } from '../src/errors.ts';
import { newId } from '../src/infra/ids.ts';
import { createKeyring } from '../src/infra/keyring.ts';
import { createLogger } from '../src/infra/logger.ts';
import { createMetrics } from '../src/infra/metrics.ts';
import { openBlockingRedis } from '../src/infra/redis.ts';
import type { Usage } from '../src/domain/usage/usage.ts';
import { iterated } from './text-streams.ts';
import { fakeUpstream } from './fake-upstream.ts';
import type { FakeUpstream } from './fake-upstream.ts';
import { usagePlace } from './usage-place.ts';
import type { UsagePlace } from './usage-place.ts';

export type LlmPlace = UsagePlace & {
  llm: Llm;
  upstream: FakeUpstream;
  anotherLlm(settings?: LlmSettings): Promise<Llm>;
  /** A model of the scripted provider (`fake`, `anthropic-fake`), or of the one whose port is `closed`. Its upstream name is its own. */
  model(name: string, changes?: Partial<ModelInput>): Promise<string>;
  group(id: string, modelNames: string[], changes?: Partial<GroupInput>): Promise<void>;
  /** The usage record of a request, once it is in Postgres. */
  recordOf(requestId: string): Promise<UsageRecord>;
};

type LlmSettings = {
  usage?: Usage;
  breakerFailures?: number;
  coolDownMs?: number;
  whenClientLeaves?: 'cancel' | 'drain';
};

/** Per million tokens; so an input token costs 1,000 nano-dollars, a cached one 100, an output token 4,000. */
export const prices = {
  inputNanos: 1_000_000_000,
  outputNanos: 4_000_000_000,
  cacheReadNanos: 100_000_000,
  cacheWrite5mNanos: 1_250_000_000,
  cacheWrite1hNanos: 2_000_000_000,
};

export async function llmPlace(): Promise<LlmPlace> {
  const place = await usagePlace();
  const upstream = await fakeUpstream();
  const opened: Llm[] = [];
  const { database, redis, config } = place;

  const anotherLlm: LlmPlace['anotherLlm'] = async ({
    usage = place.usage,
    breakerFailures = 1_000,
    coolDownMs,
    whenClientLeaves = 'cancel',
  } = {}) => {
    const subscriber = openBlockingRedis({ url: config.REDIS_URL, prefix: config.REDIS_PREFIX });
    const llm = createLlm({
      database,
      redis,
      subscriber,
      keyring: createKeyring(config.ENCRYPTION_KEYS),
      usage,
      config: {
        ...config,
        BREAKER_FAILURES: breakerFailures,
        BREAKER_COOL_DOWN_MS: coolDownMs ?? 60_000,
        LLM_WHEN_CLIENT_LEAVES: whenClientLeaves,
      },
      now: () => new Date(),
      logger: createLogger({ level: 'silent', name: 'test' }),
      metrics: createMetrics(),
    });
    await llm.open();
    opened.push({ ...llm, close: async () => (await llm.close(), subscriber.disconnect()) });
    return llm;
  };

  const llm = await anotherLlm();
  const provider = { displayName: 'Fake', enabled: true };
  await llm.catalog.upsertProvider({
    ...provider,
    id: 'fake',
    baseUrl: upstream.url,
    credentials: ['sk-first', 'sk-second'],
  });
  await llm.catalog.upsertProvider({
    ...provider,
    id: 'anthropic-fake',
    wireFormat: 'anthropic',
    baseUrl: upstream.url,
    credentials: ['sk-ant-first', 'sk-ant-second'],
  });
  await llm.catalog.upsertProvider({
    ...provider,
    id: 'closed',
    baseUrl: 'http://127.0.0.1:9/v1',
    credentials: ['sk-x'],
  });
  return {
    ...place,
    llm,
    upstream,
    anotherLlm,
    model: (name, changes) => llm.catalog.upsertModel({ ...modelCalled(name), ...changes }),
    group: (id, modelNames, changes) =>
      llm.catalog.upsertGroup({ id, displayName: id, type: 'text', modelNames, retryCount: 0, ...changes }),
    async recordOf(requestId) {
      await place.usage.ledger.drain();
      return database.em.fork().findOneOrFail(UsageRecord, { requestId });
    },
    async close() {
      await Promise.all(opened.map((one) => one.close()));
      await upstream.close();
      await place.close();
    },
  };
}

/** A chat with `model`, and the call that carries it. */
export function asking(model: string, changes: Partial<ChatRequest> = {}): Asked {
  const request: ChatRequest = { model, messages: [{ role: 'user', content: 'Say hello.' }], ...changes };
  return { ...called(), request, operation: chatOperation(request, () => new Date()) };
}

type Asked = { call: Call; request: ChatRequest; operation: Operation };

/** A call of its own, by a client who stays. */
export const called = (): { call: Call } => ({
  call: { requestId: newId('req'), signal: new AbortController().signal },
});

/** A whole answer's body. */
export function bodyOf(result: Result): Record<string, unknown> {
  if (result.kind !== 'answer') throw new Error('expected an answer');
  return z.record(z.string(), z.unknown()).parse(JSON.parse(String(result.answer.body)));
}

/** The data of all events of a stream, read to its end. */
export async function collect(chunks: AsyncIterable<string>): Promise<string[]> {
  let text = '';
  for await (const chunk of chunks) text += chunk;
  return dataIn(text);
}

/** The data of the events in a text. */
export const dataIn = (text: string): string[] => [...text.matchAll(/^data: (.*)$/gm)].map(([, data = '']) => data);

export function chunksOf(result: Result): AsyncIterable<string> {
  if (result.kind === 'stream') return iterated(result.texts);
  throw new Error('expected a stream');
}

/** The AppError that a promise ends with. */
export async function failureOf(promise: Promise<unknown>): Promise<AppError> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof AppError) return error;
  throw new Error('expected an AppError', { cause: error });
}

export function modelCalled(name: string): ModelInput {
  return {
    name,
    providerId: 'fake',
    upstreamName: name,
    displayName: name,
    type: 'text',
    contextTokens: 8_000,
    maxOutputTokens: 1_000,
    supportsTools: true,
    supportsVision: true,
    supportsJson: true,
    supportsReasoning: true,
    supportsDocuments: true,
    prices,
  };
}
