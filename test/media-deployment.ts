/** Test set-up: a deployment as the catalog hands it to an operation, and an attempt at it. */
import type { Deployment, UpstreamProvider } from '../src/domain/llm/catalog-snapshot.ts';
import { createUpstreamHttp } from '../src/domain/llm/upstream/http.ts';
import type { Asking } from '../src/domain/llm/operations/operation.ts';
import type { Prices } from '../src/entities/model.ts';

export type DeploymentChanges = Partial<Omit<Deployment, 'prices' | 'provider'>> & {
  prices?: Partial<Prices>;
  provider?: Partial<UpstreamProvider>;
};

/** By default of an OpenAI-format provider, and free. */
export function deploymentOf({ prices, provider, ...changes }: DeploymentChanges = {}): Deployment {
  return {
    id: 'mdl_1',
    name: 'public',
    upstreamName: 'private',
    type: 'text',
    displayName: 'Public',
    contextTokens: 8_000,
    maxOutputTokens: 1_000,
    abilities: { streaming: false, tools: false, vision: false, json: false, reasoning: false, documents: false },
    prices: { ...free, ...prices },
    priceVersion: 1,
    priority: 1,
    weight: 1,
    requestsPerMinute: null,
    tokensPerMinute: null,
    options: {},
    updatedAt: new Date('2026-01-01'),
    ...changes,
    provider: { ...somebody, ...provider },
  };
}

/** No price is set. */
export const free: Prices = {
  inputNanos: 0,
  outputNanos: 0,
  cacheReadNanos: 0,
  cacheWrite5mNanos: 0,
  cacheWrite1hNanos: 0,
};

const somebody: UpstreamProvider = {
  id: 'somebody',
  baseUrl: 'http://127.0.0.1:9',
  wireFormat: 'openai',
  credentials: ['sk-somebody'],
  headers: {},
  timeoutMs: null,
  idleTimeoutMs: null,
  requestsPerMinute: null,
  tokensPerMinute: null,
};

/** An attempt by a caller who stays, unless the test brings a signal. */
export function attempted(signal: AbortSignal = new AbortController().signal): Asking {
  return { http, credential: 0, patience: { signal, idleMs: 10_000 } };
}

const http = createUpstreamHttp({ now: () => new Date() });
