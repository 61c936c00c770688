import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** What Prometheus reads at `GET /metrics`. Names end in their unit, as its conventions ask. */
export function createMetrics() {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  return {
    registry,
    httpSeconds: new Histogram({
      name: 'http_request_duration_seconds',
      help: 'Time to the end of the response, by route and status.',
      labelNames: ['method', 'route', 'status'],
      buckets: [0.005, 0.02, 0.1, 0.5, 2, 10, 60],
      registers,
    }),
    llmRequests: new Counter({
      name: 'llm_requests_total',
      help: 'Completions by model that answered and outcome.',
      labelNames: ['model', 'outcome'],
      registers,
    }),
    llmTokens: new Counter({
      name: 'llm_tokens_total',
      help: 'Tokens by model and kind.',
      labelNames: ['model', 'kind'],
      registers,
    }),
    llmCostNanos: new Counter({
      name: 'llm_cost_nanodollars_total',
      help: 'Cost by model.',
      labelNames: ['model'],
      registers,
    }),
    usageLag: new Gauge({ name: 'usage_events_waiting', help: 'Usage events not yet in Postgres.', registers }),
  };
}

export type Metrics = ReturnType<typeof createMetrics>;
