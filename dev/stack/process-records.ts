import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import { signalGroup } from './owned-process.ts';
import { ProcessIdentity, isAlive, markedMembers } from './process-identity.ts';
import { until } from './until.ts';

const ChildRecord = ProcessIdentity.extend({ what: z.string(), stopSignal: z.enum(['SIGTERM', 'SIGINT']) });
const ProcessRecords = z.object({
  /** In the environment of every child, so that what a dead child started is told from strangers. */
  mark: z.string(),
  startedAt: z.string(),
  owner: ProcessIdentity,
  children: z.array(ChildRecord),
});
export type ChildRecord = z.infer<typeof ChildRecord>;
export type ProcessRecords = z.infer<typeof ProcessRecords>;

export const MARK_VARIABLE = 'AI_CREATOR_RUN';

export function readRecords(file: string): ProcessRecords | undefined {
  try {
    return ProcessRecords.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return undefined; // none yet; never half written, because writing ends with a rename
  }
}

export function writeRecords(file: string, records: ProcessRecords): void {
  writeFileSync(`${file}.part`, JSON.stringify(records, null, 2));
  renameSync(`${file}.part`, file);
}

/** Ends what a killed run left behind, by recorded pid and start time, never by name. @returns what was ended */
export async function endLeftovers(records: ProcessRecords | undefined): Promise<string[]> {
  if (!records) return [];
  const left = records.children.filter((child) => hasSurvivors(child, records.mark));
  await Promise.all(left.map((child) => endGroup(child, records.mark)));
  return left.map(({ what }) => what);
}

async function endGroup(child: ChildRecord, mark: string): Promise<void> {
  signalGroup(child.pid, child.stopSignal);
  const gone = await until(() => !hasSurvivors(child, mark), { timeoutMs: 8000 });
  if (gone) return;
  signalGroup(child.pid, 'SIGKILL');
  await until(() => !hasSurvivors(child, mark), { timeoutMs: 2000 });
}

/** The child itself, or, after its end, members of its group that carry this run's mark. */
const hasSurvivors = (child: ChildRecord, mark: string): boolean =>
  isAlive(child) || markedMembers(child.pid, `${MARK_VARIABLE}=${mark}`).length > 0;
