import type { FilterQuery } from '@mikro-orm/core';
import { UsageRecord } from '../../entities/usage-record.ts';
import type { Database } from '../../infra/database.ts';
import type { DaySpan } from './local-days.ts';

export type RecordFilter = {
  userId: string;
  span: DaySpan;
  /** The public name of the model that answered, or the id of its deployment. */
  model?: string | undefined;
  keyId?: string | undefined;
};

export type HistoryPage = { limit: number; offset: number };

/** A page of a user's records, newest first, and how many there are in all. */
export async function usageHistory(
  database: Database,
  filter: RecordFilter,
  page: HistoryPage,
): Promise<{ total: number; records: UsageRecord[] }> {
  const orderBy = { createdAt: 'desc', requestId: 'desc' } as const;
  const [records, total] = await database.em.fork().findAndCount(UsageRecord, where(filter), { ...page, orderBy });
  return { total, records };
}

/** All of a user's records, oldest first, in lots, so that no more than one lot is ever held. */
export async function* usageRecords(database: Database, filter: RecordFilter): AsyncGenerator<UsageRecord[]> {
  const orderBy = { createdAt: 'asc', requestId: 'asc' } as const;
  let last: UsageRecord | undefined;
  do {
    const from: FilterQuery<UsageRecord> = last ? after(last) : {};
    const both: FilterQuery<UsageRecord> = { $and: [where(filter), from] };
    const lot: UsageRecord[] = await database.em.fork().find(UsageRecord, both, { orderBy, limit: LOT });
    if (lot.length > 0) yield lot;
    last = lot.length < LOT ? undefined : lot.at(-1);
  } while (last);
}

const LOT = 1_000;

function where({ userId, span: { from, to }, model, keyId }: RecordFilter): FilterQuery<UsageRecord> {
  return {
    userId,
    createdAt: { $gte: from, $lt: to },
    ...(keyId !== undefined && { apiKeyId: keyId }),
    ...(model !== undefined && { $or: [{ modelName: model }, { modelId: model }] }),
  };
}

const after = ({ createdAt, requestId }: UsageRecord): FilterQuery<UsageRecord> => ({
  $or: [{ createdAt: { $gt: createdAt } }, { createdAt, requestId: { $gt: requestId } }],
});
