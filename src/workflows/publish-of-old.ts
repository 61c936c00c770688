// Steps of runs that began before accounts had turns: they are still open, so they go on as they began.
import { patched } from '@temporalio/workflow';
import type { PublicationEnd } from '../activities/publishing.ts';
import type { AccountTurn } from './account-turn.ts';
import type { PublicationRecord } from './publication-record.ts';

export const turnOfOld: AccountTurn = {
  take: async () => ({ kind: 'taken' }),
  giveBack: async () => {},
  isGivenBack: () => {},
};

export async function endOfOld(record: PublicationRecord, end: PublicationEnd): Promise<void> {
  const grantsGoFirst = patched('grants-go-first');
  if (grantsGoFirst) await record.forgetGrant();
  await written(record, end);
  if (!grantsGoFirst) await record.forgetGrant();
}

function written(record: PublicationRecord, end: PublicationEnd): Promise<void> {
  if (end.to === 'published') return record.published(end);
  return 'code' in end ? record.failed(end.to, end) : record.move(end.to, end.note);
}
