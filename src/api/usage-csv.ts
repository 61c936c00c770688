import { stringify } from 'csv-stringify/sync';
import type { UsageRecord } from '../domain/usage/usage.ts';
import { recordView, shownRecord } from './usage-record-view.ts';

/**
 * Records as RFC 4180, a lot at a time, with the columns of the history. Texts that a spreadsheet would take for a formula
 * are told from one by a leading apostrophe: https://owasp.org/www-community/attacks/CSV_Injection.
 */
export async function* csvOf(lots: AsyncIterable<UsageRecord[]>): AsyncGenerator<string> {
  yield stringify([columns]);
  for await (const lot of lots) yield stringify(lot.map(cells), { escape_formulas: true });
}

const columns = Object.keys(shownRecord.shape);

function cells(record: UsageRecord): string[] {
  const { created_at: at, attempts, ...rest } = recordView(record);
  const values = { ...rest, created_at: at.toISOString(), attempts: JSON.stringify(attempts) };
  const texts = new Map(Object.entries(values).map(([column, value]) => [column, String(value ?? '')]));
  return columns.map((column) => texts.get(column) ?? '');
}
