import { z } from 'zod';
import type { ProviderView } from '../../domain/llm/catalog-providers.ts';
import type { ProviderInput } from '../../domain/llm/catalog-rows.ts';
import { count, shortText, time } from '../schemas.ts';
import { rate, shortId } from './admin-catalog-fields.ts';

/** Names by which a credential would travel, and those that belong to the connection. */
const REFUSED = /^(authorization|proxy-.*|.*api-?key|cookie|host|connection|content-.*|transfer-encoding|te|upgrade)$/i;

const headerName = z
  .string()
  .regex(/^[\w!#$%&'*+.^`|~-]{1,100}$/, 'is no name of a header')
  .refine((name) => !REFUSED.test(name), 'must not be set here; a credential belongs to `credentials`');
const headers = z.record(headerName, z.string().regex(/^[\x20-\x7e]{1,1000}$/, 'must be printable ASCII'));

/** Printable, because it travels in a header. */
const credential = z.string().regex(/^[\x21-\x7e]{1,2000}$/, 'must be printable ASCII without spaces');
export const credentials = z
  .array(credential)
  .max(20)
  .describe('in the order to try them; kept sealed and never answered. A server that needs none is given any word');

export const wireFormat = z.enum(['openai', 'anthropic', 'comfyui']);

const timeout = count.nullable().describe('null is that of the group');

const fields = {
  display_name: shortText(100),
  description: shortText(1000).nullable(),
  base_url: z.string().trim().min(1).max(500).describe('with its version, as `https://api.openai.com/v1`'),
  wire_format: wireFormat,
  headers: headers.describe('sent with every request; only their names are answered'),
  timeout_ms: timeout,
  idle_timeout_ms: timeout.describe('the longest silence within a stream'),
  is_domestic: z.boolean(),
  global_rpm_limit: rate,
  global_tpm_limit: rate,
  enabled: z.boolean(),
};

/** What is left out stays. */
export const providerChanges = z.strictObject(fields).partial();

export const newProvider = providerChanges.extend({
  provider_id: shortId,
  display_name: fields.display_name,
  base_url: fields.base_url,
  credentials: credentials.optional(),
  global_rpm_limit: rate.default(1_000),
  global_tpm_limit: rate.default(1_000_000),
  enabled: z.boolean().default(true),
});

export const shownProvider = z.object({
  provider_id: z.string(),
  display_name: z.string(),
  description: z.string().nullable(),
  base_url: z.string(),
  wire_format: wireFormat,
  header_names: z.array(z.string()),
  timeout_ms: z.int().nullable(),
  idle_timeout_ms: z.int().nullable(),
  is_domestic: z.boolean(),
  global_rpm_limit: z.int().nullable(),
  global_tpm_limit: z.int().nullable(),
  enabled: z.boolean(),
  credential_count: z.int(),
  model_count: z.int(),
  updated_at: time,
});

export const changesOf = (body: z.output<typeof providerChanges>) => ({
  displayName: body.display_name,
  description: body.description,
  baseUrl: body.base_url,
  wireFormat: body.wire_format,
  headers: body.headers,
  timeoutMs: body.timeout_ms,
  idleTimeoutMs: body.idle_timeout_ms,
  isDomestic: body.is_domestic,
  requestsPerMinute: body.global_rpm_limit,
  tokensPerMinute: body.global_tpm_limit,
  enabled: body.enabled,
});

export const providerInput = (body: z.output<typeof newProvider>): ProviderInput => ({
  ...changesOf(body),
  id: body.provider_id,
  displayName: body.display_name,
  baseUrl: body.base_url,
  enabled: body.enabled,
  credentials: body.credentials,
});

export const providerView = (provider: ProviderView): z.input<typeof shownProvider> => ({
  provider_id: provider.id,
  display_name: provider.displayName,
  description: provider.description ?? null,
  base_url: provider.baseUrl,
  wire_format: provider.wireFormat,
  header_names: provider.headerNames,
  timeout_ms: provider.timeoutMs ?? null,
  idle_timeout_ms: provider.idleTimeoutMs ?? null,
  is_domestic: provider.isDomestic,
  global_rpm_limit: provider.requestsPerMinute ?? null,
  global_tpm_limit: provider.tokensPerMinute ?? null,
  enabled: provider.enabled,
  credential_count: provider.credentialCount,
  model_count: provider.modelCount,
  updated_at: provider.updatedAt,
});
