import { z } from 'zod';
import type { UsageRecord } from '../domain/usage/usage.ts';
import { time } from './schemas.ts';

/** What was used, of one request or of many. */
export const amounts = {
  input_tokens: z.int().describe('cache reads and writes are part of it'),
  output_tokens: z.int().describe('reasoning is part of it'),
  total_tokens: z.int(),
  cache_read_tokens: z.int(),
  cache_write_5m_tokens: z.int(),
  cache_write_1h_tokens: z.int(),
  reasoning_tokens: z.int(),
  images: z.int(),
  audio_ms: z.int(),
  characters: z.int(),
  cost_nanos: z.int().describe('nano-dollars'),
};

export const shownRecord = z.object({
  id: z.string().describe('the request id'),
  created_at: time,
  key_id: z.string().nullable(),
  operation: z.string(),
  requested_model: z.string(),
  model: z.string().describe('the one that answered'),
  model_id: z.string().nullable().describe('its deployment'),
  provider: z.string(),
  ...amounts,
  price_version: z.int(),
  estimated: z.boolean(),
  streamed: z.boolean(),
  success: z.boolean(),
  error_code: z.string().nullable(),
  latency_ms: z.int(),
  first_token_ms: z.int().nullable(),
  attempts: z.array(
    z.object({
      model: z.string(),
      provider: z.string(),
      outcome: z.string(),
      status: z.int().optional(),
      latency_ms: z.int(),
    }),
  ),
});

export const recordView = (record: UsageRecord): z.input<typeof shownRecord> => ({
  id: record.requestId,
  created_at: record.createdAt,
  key_id: record.apiKeyId ?? null,
  operation: record.operation,
  requested_model: record.requestedModel,
  model: record.modelName,
  model_id: record.modelId ?? null,
  provider: record.providerId,
  input_tokens: record.inputTokens,
  output_tokens: record.outputTokens,
  total_tokens: record.inputTokens + record.outputTokens,
  cache_read_tokens: record.cacheReadTokens,
  cache_write_5m_tokens: record.cacheWrite5mTokens,
  cache_write_1h_tokens: record.cacheWrite1hTokens,
  reasoning_tokens: record.reasoningTokens,
  images: record.images,
  audio_ms: record.audioMs,
  characters: record.characters,
  cost_nanos: record.costNanos,
  price_version: record.priceVersion,
  estimated: record.estimated,
  streamed: record.streamed,
  success: record.success,
  error_code: record.errorCode ?? null,
  latency_ms: record.latencyMs,
  first_token_ms: record.firstTokenMs ?? null,
  attempts: record.attempts.map(({ latencyMs, ...attempt }) => ({ ...attempt, latency_ms: latencyMs })),
});
