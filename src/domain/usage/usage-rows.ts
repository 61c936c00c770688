import { CompiledQuery } from 'kysely';
import type { Database } from '../../infra/database.ts';
import type { UsageEvent } from './usage-event.ts';

/**
 * Writes usage events, as they stand in the stream, in one statement. One whose record is there already is left alone, so
 * a batch may be written again whenever it is not known what became of it. A key that was deleted in the meantime leaves
 * its record without a key. Postgres takes the JSON apart, which is bound and not part of the statement: to quote it would take
 * longer than to write it.
 */
export async function insertUsageEvents(database: Database, events: readonly string[]): Promise<void> {
  if (events.length === 0) return;
  await database.em
    .fork()
    .getKysely()
    .executeQuery(CompiledQuery.raw(insertEvents, [`[${events.join(',')}]`]));
}

/** Whether the rows themselves are at fault (SQLSTATE classes 22 data, 23 integrity), so that trying again is no use. */
export function refusesRows(error: unknown): boolean {
  return /^2[23]...$/.test(codeIn(error));
}

/** The SQLSTATE of a database error, else an empty text. */
export const codeIn = (error: unknown) =>
  typeof error === 'object' && error && 'code' in error ? String(error.code) : '';

/** Fields of the event; columns have the same names in snake case. */
const types = {
  requestId: 'text',
  createdAt: 'timestamptz',
  userId: 'text',
  operation: 'text',
  requestedModel: 'text',
  modelName: 'text',
  modelId: 'text',
  providerId: 'text',
  inputTokens: 'int',
  outputTokens: 'int',
  cacheReadTokens: 'int',
  cacheWrite5mTokens: 'int',
  cacheWrite1hTokens: 'int',
  reasoningTokens: 'int',
  images: 'int',
  audioMs: 'int',
  characters: 'int',
  costNanos: 'bigint',
  priceVersion: 'int',
  estimated: 'boolean',
  streamed: 'boolean',
  success: 'boolean',
  errorCode: 'text',
  attempts: 'jsonb',
  latencyMs: 'int',
  firstTokenMs: 'int',
} as const satisfies Record<Exclude<keyof UsageEvent, 'keyId'>, string>;

const fields = Object.keys(types);
const columnOf = (field: string) => field.replaceAll(/[A-Z]|\d+/g, (start) => `_${start.toLowerCase()}`);
const typed = Object.entries(types).map(([field, type]) => `"${field}" ${type}`);

/** An event leaves out what is zero or false; what it leaves out of the others is null. */
const values = Object.entries(types).map(([field, type]) => {
  const none = type === 'boolean' ? 'false' : type === 'int' && field !== 'firstTokenMs' ? '0' : null;
  return none === null ? `event."${field}"` : `coalesce(event."${field}", ${none})`;
});

const insertEvents = `
  insert into usage_records (${fields.map(columnOf).join(', ')}, api_key_id)
  select ${values.join(', ')}, api_keys.id
  from jsonb_to_recordset($1::jsonb) as event(${typed.join(', ')}, "keyId" text)
  left join api_keys on api_keys.id = event."keyId"
  on conflict (request_id, created_at) do nothing`;
