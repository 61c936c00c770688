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
    llmRefusals: new Counter({
      name: 'llm_refusals_total',
      help: 'Calls refused before any model was asked, by error code, and by scope and limit where it was one.',
      labelNames: ['code', 'scope', 'limit'],
      registers,
    }),
    llmOverheadSeconds: new Histogram({
      name: 'llm_overhead_seconds',
      help: 'What the gateway adds to a call: its time to the answer, or to the first event, less that of the upstreams.',
      labelNames: ['operation'],
      buckets: [0.0005, 0.001, 0.002, 0.005, 0.01, 0.05, 0.25, 1],
      registers,
    }),
    llmFirstTokenSeconds: new Histogram({
      name: 'llm_first_token_seconds',
      help: 'Time to the first event of a stream, by the model that answered.',
      labelNames: ['model'],
      buckets: [0.05, 0.2, 0.5, 1, 2, 5, 15, 60],
      registers,
    }),
    llmUpstreamSeconds: new Histogram({
      name: 'llm_upstream_seconds',
      help: 'Time of one attempt to the answer, or to the first event, by provider and outcome.',
      labelNames: ['provider', 'outcome'],
      buckets: [0.05, 0.2, 0.5, 1, 2, 5, 15, 60, 300],
      registers,
    }),
    llmStreamsOpen: new Gauge({
      name: 'llm_streams_open',
      help: 'Streams that run through this process now.',
      registers,
    }),
    llmBreakerShut: new Gauge({
      name: 'llm_breaker_shut',
      help: '1 while the breaker of a deployment is open or half-open, as this process knows it.',
      labelNames: ['deployment'],
      registers,
    }),
    llmHoldsOpen: new Gauge({ name: 'llm_holds_open', help: 'Calls that hold a worst case now.', registers }),
    llmHoldsLost: new Counter({
      name: 'llm_holds_lost_total',
      help: 'Calls whose process died, settled at their worst case.',
      registers,
    }),
    usageRepairs: new Counter({
      name: 'usage_repairs_total',
      help: 'Counters of limits that did not agree with the ledger and were put right.',
      registers,
    }),
    usageDriftNanos: new Counter({
      name: 'usage_drift_nanodollars_total',
      help: 'By how much they were wrong.',
      registers,
    }),
    usageLag: new Gauge({ name: 'usage_events_waiting', help: 'Usage events not yet in Postgres.', registers }),
  };
}

export type Metrics = ReturnType<typeof createMetrics>;
