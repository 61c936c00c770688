import { z } from 'zod';
import type { ModelInput } from '../../domain/llm/catalog-rows.ts';
import type { Model, Prices } from '../../entities/model.ts';
import { count, shortText, time } from '../schemas.ts';
import { rate, shortId } from './admin-catalog-fields.ts';

export const modelType = z.enum(['text', 'reasoning', 'vision', 'image', 'video', 'embedding', 'tts', 'stt']);

const nanos = z.int().min(0).max(1_000_000_000_000_000);
const ofMillionTokens = nanos.describe('nano-dollars per million tokens');

/** A price that is left out is nothing, but for reasoning, which then costs what output does. */
export const prices = z.strictObject({
  input_nanos: ofMillionTokens,
  output_nanos: ofMillionTokens,
  cache_read_nanos: ofMillionTokens,
  cache_write_5m_nanos: ofMillionTokens,
  cache_write_1h_nanos: ofMillionTokens,
  reasoning_nanos: ofMillionTokens.optional(),
  image_nanos: nanos.optional().describe('nano-dollars per picture'),
  audio_second_nanos: nanos.optional().describe('nano-dollars per second'),
  million_characters_nanos: nanos.optional().describe('nano-dollars per million characters'),
});

/** What a model can do beside answering. */
export const abilities = {
  supports_streaming: z.boolean(),
  supports_tools: z.boolean(),
  supports_vision: z.boolean(),
  supports_json: z.boolean(),
  supports_reasoning: z.boolean(),
  supports_documents: z.boolean(),
};

const fields = {
  upstream_name: shortText(200).describe('what the provider calls it'),
  display_name: shortText(100),
  model_type: modelType,
  max_tokens: count.describe('the longest answer'),
  max_context_length: count,
  ...abilities,
  prices,
  rpm_limit: rate,
  tpm_limit: rate,
  priority: z.int().min(0).max(1_000_000).describe('ascending: 1 is tried before 2'),
  weight: z.int().min(0).max(1_000_000).describe('its share among models of one name and priority; 0 is asked last'),
  options: z.record(z.string().max(100), z.unknown()).describe('for the wire format alone, as a ComfyUI workflow'),
  enabled: z.boolean(),
};
export const { priority } = fields;

/** What is left out stays. */
export const modelChanges = z.strictObject(fields).partial();

export const newModel = modelChanges.extend({
  provider_id: shortId,
  model_id: shortText(100).describe('the name that clients ask for; several providers may offer it'),
  display_name: fields.display_name,
  model_type: modelType,
  upstream_name: fields.upstream_name.optional().describe('what the provider calls it, where that is not `model_id`'),
  max_tokens: fields.max_tokens.default(4_096),
  max_context_length: fields.max_context_length.default(128_000),
  supports_tools: z.boolean().default(true),
  prices,
  rpm_limit: rate.default(60),
  tpm_limit: rate.default(100_000),
});

export const shownModel = z.object({
  id: z.string(),
  model_id: z.string(),
  provider_id: z.string(),
  ...fields,
  price_version: z.int(),
  updated_at: time,
});

export const changesOf = (body: z.output<typeof modelChanges>) => ({
  upstreamName: body.upstream_name,
  displayName: body.display_name,
  type: body.model_type,
  contextTokens: body.max_context_length,
  maxOutputTokens: body.max_tokens,
  supportsStreaming: body.supports_streaming,
  supportsTools: body.supports_tools,
  supportsVision: body.supports_vision,
  supportsJson: body.supports_json,
  supportsReasoning: body.supports_reasoning,
  supportsDocuments: body.supports_documents,
  prices: body.prices && pricesOf(body.prices),
  requestsPerMinute: body.rpm_limit,
  tokensPerMinute: body.tpm_limit,
  priority: body.priority,
  weight: body.weight,
  options: body.options,
  enabled: body.enabled,
});

export const modelInput = (body: z.output<typeof newModel>): ModelInput => ({
  ...changesOf(body),
  name: body.model_id,
  providerId: body.provider_id,
  upstreamName: body.upstream_name ?? body.model_id,
  displayName: body.display_name,
  type: body.model_type,
  contextTokens: body.max_context_length,
  maxOutputTokens: body.max_tokens,
  prices: pricesOf(body.prices),
});

export const modelView = (model: Model): z.input<typeof shownModel> => ({
  id: model.id,
  model_id: model.name,
  provider_id: model.providerId,
  upstream_name: model.upstreamName,
  display_name: model.displayName,
  model_type: model.type,
  max_tokens: model.maxOutputTokens,
  max_context_length: model.contextTokens,
  supports_streaming: model.supportsStreaming,
  supports_tools: model.supportsTools,
  supports_vision: model.supportsVision,
  supports_json: model.supportsJson,
  supports_reasoning: model.supportsReasoning,
  supports_documents: model.supportsDocuments,
  prices: pricesView(model.prices),
  price_version: model.priceVersion,
  rpm_limit: model.requestsPerMinute ?? null,
  tpm_limit: model.tokensPerMinute ?? null,
  priority: model.priority,
  weight: model.weight,
  options: model.options,
  enabled: model.enabled,
  updated_at: model.updatedAt,
});

const pricesOf = (given: z.output<typeof prices>): Prices => ({
  inputNanos: given.input_nanos,
  outputNanos: given.output_nanos,
  cacheReadNanos: given.cache_read_nanos,
  cacheWrite5mNanos: given.cache_write_5m_nanos,
  cacheWrite1hNanos: given.cache_write_1h_nanos,
  ...(given.reasoning_nanos !== undefined && { reasoningNanos: given.reasoning_nanos }),
  ...(given.image_nanos !== undefined && { imageNanos: given.image_nanos }),
  ...(given.audio_second_nanos !== undefined && { audioSecondNanos: given.audio_second_nanos }),
  ...(given.million_characters_nanos !== undefined && { millionCharactersNanos: given.million_characters_nanos }),
});

export const pricesView = (given: Prices): z.input<typeof prices> => ({
  input_nanos: given.inputNanos,
  output_nanos: given.outputNanos,
  cache_read_nanos: given.cacheReadNanos,
  cache_write_5m_nanos: given.cacheWrite5mNanos,
  cache_write_1h_nanos: given.cacheWrite1hNanos,
  reasoning_nanos: given.reasoningNanos,
  image_nanos: given.imageNanos,
  audio_second_nanos: given.audioSecondNanos,
  million_characters_nanos: given.millionCharactersNanos,
});
