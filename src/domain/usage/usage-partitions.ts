import type { Database } from '../../infra/database.ts';
import { codeIn } from './usage-rows.ts';

/** Makes the table's partitions for UTC months such as `2026-11`, where they are missing. Remembers those it has seen. */
export function createUsagePartitions(database: Database) {
  const present = new Set<string>();

  return async function ensure(months: Iterable<string>): Promise<void> {
    for (const month of months) {
      if (present.has(month)) continue;
      await create(database, month);
      present.add(month);
    }
  };
}

/** Looked for first: making one takes a lock on the whole table, even when it is there. */
async function create(database: Database, month: string): Promise<void> {
  const em = database.em.fork();
  const name = `usage_records_${month.replace('-', '_')}`;
  const [found] = await em.execute<{ name: string | null }[]>('select to_regclass(?)::text as name', [name]);
  if (found?.name) return;
  const [from, to] = [`${month}-01T00:00:00Z`, `${following(month)}-01T00:00:00Z`];
  const sql = `create table if not exists ${name} partition of usage_records for values from ('${from}') to ('${to}')`;
  await em.execute(sql).catch((error: unknown) => {
    if (!madeByAnother.has(codeIn(error))) throw error;
  });
}

/** Two processes that make the same table at once: one of them meets a duplicate (42P07, or 23505 in the system's own). */
const madeByAnother = new Set(['42P07', '23505']);

function following(month: string): string {
  const [year = 0, number = 1] = month.split('-').map(Number);
  return new Date(Date.UTC(year, number, 1)).toISOString().slice(0, 7);
}
