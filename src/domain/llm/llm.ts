import type { Redis } from 'ioredis';
import type { Config } from '../../infra/config.ts';
import type { Database } from '../../infra/database.ts';
import type { Keyring } from '../../infra/keyring.ts';
import type { Logger } from '../../infra/logger.ts';
import type { Metrics } from '../../infra/metrics.ts';
import type { Usage } from '../usage/usage.ts';
import { createAttempts } from './attempt.ts';
import { createBreaker } from './breaker.ts';
import { createCatalog } from './catalog.ts';
import { createCompletions } from './completions.ts';
import { createGateway } from './gateway.ts';
import { createOpenAiUpstream } from './upstream/openai.ts';

export type { BreakerState, Transition } from './breaker.ts';
export type { Catalog } from './catalog.ts';
export type { GroupInput, ModelInput, ProviderInput } from './catalog-rows.ts';
export type { ListedModel } from './catalog-snapshot.ts';
export { chatRequest } from './chat-request.ts';
export type { ChatRequest } from './chat-request.ts';
export type { Completions } from './completions.ts';
export type { ChatCall, ChatResult, Receipt } from './gateway.ts';

export type LlmDependencies = {
  database: Database;
  redis: Redis;
  /** For pub/sub. */
  subscriber: Redis;
  keyring: Keyring;
  usage: Usage;
  config: Pick<Config, 'LLM_REQUEST_TIMEOUT_MS' | 'BREAKER_FAILURES' | 'BREAKER_COOL_DOWN_MS'>;
  now: () => Date;
  logger: Logger;
  metrics: Metrics;
};

export type Llm = ReturnType<typeof createLlm>;

/** The gateway to language models. `open` before the first call: until then no model is known. */
export function createLlm({ database, redis, subscriber, keyring, usage, config, now, logger }: LlmDependencies) {
  const timeoutMs = config.LLM_REQUEST_TIMEOUT_MS;
  const catalog = createCatalog({ database, redis, subscriber, keyring, logger, timeoutMs });
  const breaker = createBreaker({
    redis,
    logger,
    failures: config.BREAKER_FAILURES,
    coolDownMs: config.BREAKER_COOL_DOWN_MS,
    probeLeaseMs: timeoutMs + 5_000,
  });
  const upstream = createOpenAiUpstream({ now });
  const attempt = createAttempts({ catalog, breaker, upstream, now });
  return {
    catalog,
    breaker,
    chat: createGateway({ catalog, breaker, attempt, usage, now, logger }),
    completions: createCompletions({ database, catalog, attempt, usage, timeoutMs, now, logger }),
    open: () => catalog.open(),
    async close(): Promise<void> {
      await catalog.close();
      await upstream.close();
    },
  };
}
