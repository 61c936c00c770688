import type { Database } from '../../infra/database.ts';
import type { UsageEvent } from './usage-event.ts';

/**
 * Writes usage records in one statement. One that stands there already is left alone, so a batch may be written again
 * whenever it is not known what became of it. A key that was deleted in the meantime leaves its record without a key.
 */
export async function insertUsageRows(database: Database, events: readonly UsageEvent[]): Promise<void> {
  if (events.length === 0) return;
  await database.em.fork().execute(insertRows, [JSON.stringify(events.map(toRow))]);
}

/** Whether the rows themselves are at fault (SQLSTATE classes 22 data, 23 integrity), so that trying again is no use. */
export function refusesRows(error: unknown): boolean {
  const code = typeof error === 'object' && error && 'code' in error ? String(error.code) : '';
  return /^2[23]...$/.test(code);
}

const columns = {
  request_id: 'text',
  user_id: 'text',
  model_name: 'text',
  provider_id: 'text',
  input_tokens: 'int',
  output_tokens: 'int',
  cache_read_tokens: 'int',
  cache_write_tokens: 'int',
  cost_nanos: 'bigint',
  price_version: 'int',
  estimated: 'boolean',
  streamed: 'boolean',
  success: 'boolean',
  error_code: 'text',
  attempts: 'jsonb',
  latency_ms: 'int',
  first_token_ms: 'int',
  created_at: 'timestamptz',
} as const;

const names = Object.keys(columns);
const insertRows = `
  insert into usage_records (${names.join(', ')}, api_key_id)
  select ${names.map((name) => `event.${name}`).join(', ')}, api_keys.id
  from jsonb_to_recordset(?::jsonb) as event(${Object.entries(columns)
    .map(([name, type]) => `${name} ${type}`)
    .join(', ')}, key_id text)
  left join api_keys on api_keys.id = event.key_id
  on conflict (request_id) do nothing`;

function toRow(event: UsageEvent): { [column in keyof typeof columns | 'key_id']: unknown } {
  return {
    request_id: event.requestId,
    user_id: event.userId,
    key_id: event.keyId,
    model_name: event.modelName,
    provider_id: event.providerId,
    input_tokens: event.inputTokens,
    output_tokens: event.outputTokens,
    cache_read_tokens: event.cacheReadTokens,
    cache_write_tokens: event.cacheWriteTokens,
    cost_nanos: event.costNanos,
    price_version: event.priceVersion,
    estimated: event.estimated,
    streamed: event.streamed,
    success: event.success,
    error_code: event.errorCode,
    attempts: event.attempts,
    latency_ms: event.latencyMs,
    first_token_ms: event.firstTokenMs,
    created_at: event.createdAt,
  };
}
