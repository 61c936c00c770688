import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { UsageRecord } from '../../entities/usage-record.ts';
import { priced, spent, usagePlace } from '../../../test/usage-place.ts';
import type { UsagePlace } from '../../../test/usage-place.ts';
import { createUsagePartitions } from './usage-partitions.ts';

let place: UsagePlace;
beforeAll(async () => {
  place = await usagePlace();
});
afterAll(() => place.close());

async function usedAt(moment: string): Promise<void> {
  place.clock.now = new Date(moment);
  const { hold } = await place.usage.reserve(priced(await place.newCaller()));
  await place.usage.settle(hold, spent());
}

const partitions = async () => {
  const sql = `select relname as name from pg_class where relname like 'usage\\_records\\_20%' and relkind = 'r' order by 1`;
  const rows: { name: string }[] = await place.database.em.fork().execute(sql);
  return rows.map(({ name }) => name);
};

test('a month gets its partition with its first record, whichever of several processes writes it', async () => {
  await usedAt('2027-01-31T23:59:59.999Z');
  await usedAt('2027-02-01T00:00:00.000Z');
  await usedAt('2027-12-15T12:00:00.000Z');
  const processes = await Promise.all([place.another(), place.another(), place.another()]);
  await Promise.all(processes.map(({ usage }) => usage.ledger.drain()));

  const made = ['usage_records_2027_01', 'usage_records_2027_02', 'usage_records_2027_12'];
  expect(await partitions()).toEqual(expect.arrayContaining(made));
  await expect(place.database.em.fork().count(UsageRecord, {})).resolves.toBe(3);
});

test('processes that make the same partition at the same moment all go on', async () => {
  const months = Array.from({ length: 5 }, (_, at) => `2030-0${at + 1}`);
  const ensures = Array.from({ length: 4 }, () => createUsagePartitions(place.database));
  await Promise.all(ensures.map((ensure) => ensure(months)));
  expect((await partitions()).filter((name) => name.startsWith('usage_records_2030'))).toHaveLength(5);
});
