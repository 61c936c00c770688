import type { Redis } from 'ioredis';
import type { Config } from '../../infra/config.ts';
import type { Database } from '../../infra/database.ts';
import type { Keyring } from '../../infra/keyring.ts';
import type { Logger } from '../../infra/logger.ts';
import type { Metrics } from '../../infra/metrics.ts';
import { createOutboundPolicy } from '../../infra/outbound.ts';
import type { Usage } from '../usage/usage.ts';
import { createAttempts } from './attempt.ts';
import { createCatalog } from './catalog.ts';
import { createCompletions } from './completions.ts';
import { createGateway } from './gateway.ts';
import { createBreaker } from './health/breaker.ts';
import { createHealthNews } from './health/health-news.ts';
import { createProviderTest } from './provider-test.ts';
import { prepareTokens } from './tokens.ts';
import { createUpstreamHttp } from './upstream/http.ts';

export type { BreakerState, Transition } from './health/breaker.ts';
export type { Catalog } from './catalog.ts';
export type { GroupInput, ModelInput, ProviderInput } from './catalog-rows.ts';
export type { ListedModel } from './catalog-snapshot.ts';
export { chatRequest } from './formats/chat/request.ts';
export type { ChatRequest } from './formats/chat/request.ts';
export { speechRequest } from './formats/audio/speech-request.ts';
export { transcriptionRequest } from './formats/audio/transcription-request.ts';
export { embeddingsRequest } from './formats/embeddings/request.ts';
export { imagesRequest } from './formats/images/request.ts';
export { countTokensRequest, messagesRequest } from './formats/messages/schema.ts';
export { responsesRequest } from './formats/responses/request.ts';
export type { CompletionResult, Completions } from './completions.ts';
export type { Call, Result } from './gateway.ts';
export { chatOperation } from './operations/chat.ts';
export { embeddingsOperation } from './operations/embeddings.ts';
export { imagesOperation } from './operations/images.ts';
export { messagesOperation } from './operations/messages.ts';
export type { TextSink, TextStream } from './streams/text-stream.ts';
export type { Operation, ReadyAnswer } from './operations/operation.ts';
export { responsesOperation } from './operations/responses.ts';
export { speechOperation } from './operations/speech.ts';
export { transcriptionOperation } from './operations/transcription.ts';
export type { ProviderTest } from './provider-test.ts';
export type { Receipt } from './receipt.ts';
export { countMessagesTokens } from './tokens.ts';

export type LlmDependencies = {
  database: Database;
  redis: Redis;
  /** For pub/sub. */
  subscriber: Redis;
  keyring: Keyring;
  usage: Usage;
  config: Pick<
    Config,
    | 'LLM_REQUEST_TIMEOUT_MS'
    | 'BREAKER_FAILURES'
    | 'BREAKER_COOL_DOWN_MS'
    | 'LLM_WHEN_CLIENT_LEAVES'
    | 'PROVIDER_PRIVATE_NETWORKS'
  >;
  now: () => Date;
  logger: Logger;
  metrics: Metrics;
};

export type Llm = ReturnType<typeof createLlm>;

/** The gateway to language models. `open` before the first call: until then no model is known. */
export function createLlm({ database, redis, subscriber, keyring, usage, config, ...rest }: LlmDependencies) {
  const { now, logger, metrics } = rest;
  const timeoutMs = config.LLM_REQUEST_TIMEOUT_MS;
  const outbound = createOutboundPolicy({ allowPrivate: config.PROVIDER_PRIVATE_NETWORKS === 'allow' });
  const catalog = createCatalog({ database, redis, subscriber, keyring, outbound, logger, timeoutMs });
  const news = createHealthNews({ redis, subscriber, logger, metrics });
  const breaker = createBreaker({
    redis,
    news,
    logger,
    failures: config.BREAKER_FAILURES,
    coolDownMs: config.BREAKER_COOL_DOWN_MS,
    probeLeaseMs: timeoutMs + 5_000,
  });
  const http = createUpstreamHttp({ now, lookup: outbound.lookup });
  const attempt = createAttempts({ catalog, breaker, news, rates: usage.upstreamRates, http, now, metrics, logger });
  const whenClientLeaves = config.LLM_WHEN_CLIENT_LEAVES;
  return {
    catalog,
    breaker,
    call: createGateway({ catalog, attempt, usage, now, metrics, whenClientLeaves }),
    testProvider: createProviderTest({ database, keyring, http, outbound, logger }),
    completions: createCompletions({ database, catalog, attempt, usage, timeoutMs, now }),
    async open(): Promise<void> {
      news.open();
      prepareTokens();
      await catalog.open();
    },
    async close(): Promise<void> {
      breaker.close();
      news.close();
      await catalog.close();
      await http.close();
    },
  };
}
