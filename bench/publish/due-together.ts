import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import { until } from '../../dev/stack/until.ts';
import { Publication } from '../../src/entities/publication.ts';
import { publishWorkflowId } from '../../src/workflows/ids.ts';
import { turnsPlace } from '../../test/publish-chaos/turns-place.ts';
import { newAccounts, newPublications } from '../../test/publish-chaos/turns-rows.ts';
import { ensureNamespaceAndSearchAttributes } from '../../temporal-config/setup.ts';
import type { bareTimer } from './timer-workflow.ts';
import { workflowTasks } from '../../workers/orchestrator-limits.ts';
import { wakesOf } from './wakes.ts';
import type { Wakes } from './wakes.ts';

export type DueTogether = { bare: Wakes; publish: Wakes };

/** So many posts are due in the same moment: how soon all are awake, beside workflows that are a timer and no more. */
export async function dueTogether(count: number): Promise<DueTogether> {
  return { bare: await bareTimers(count), publish: await posts(count) };
}

async function bareTimers(count: number): Promise<Wakes> {
  const namespace = newNamespace();
  const address = process.env['TEMPORAL_ADDRESS'] ?? '';
  const [connection, native] = [await Connection.connect({ address }), await NativeConnection.connect({ address })];
  await ensureNamespaceAndSearchAttributes(connection, namespace);
  const { workflow } = new Client({ connection, namespace });
  const workflowsPath = fileURLToPath(new URL('timer-workflow.ts', import.meta.url));
  const queue = { connection: native, namespace, taskQueue: 'timers' };
  const worker = await Worker.create({ ...queue, workflowsPath, ...workflowTasks });
  const running = worker.run();
  const dueMs = Date.now() + leadMs(count);
  const ids = Array.from({ length: count }, (_, at) => `timer-${at}`);
  await manyAtOnce(ids, async (workflowId) => {
    await workflow.start<typeof bareTimer>('bareTimer', { workflowId, taskQueue: 'timers', args: [{ dueMs }] });
  });
  assertStarted(dueMs);
  await manyAtOnce(ids, (id) => workflow.getHandle(id).result());
  const wakes = await wakesOf(workflow, { ids, dueMs });
  worker.shutdown();
  await running;
  await native.close();
  await connection.close();
  return wakes;
}

/** Of fifty accounts, on three browser workers whose platform is a list. */
async function posts(count: number): Promise<Wakes> {
  const place = await turnsPlace({ namespace: newNamespace(), workers: 3, slots: 4, jobMs: 10 });
  try {
    const dueAt = new Date(Date.now() + leadMs(count));
    const accounts = await newAccounts(place.database, 50);
    const rows = await newPublications(place.database, accounts, { count, dueAt });
    await manyAtOnce(rows, (row) => place.work.begin(row));
    assertStarted(dueAt.getTime());
    const waiting = () => place.database.em.fork().count(Publication, { state: 'scheduled' });
    await until(async () => (await waiting()) === 0, { timeoutMs: 300_000, everyMs: 200 });
    const ids = rows.map(({ id }) => publishWorkflowId(id));
    return await wakesOf(place.temporal.workflow, { ids, dueMs: dueAt.getTime() });
  } finally {
    await place.close();
  }
}

async function manyAtOnce<T>(all: readonly T[], work: (one: T) => Promise<void>): Promise<void> {
  const left = all.values();
  const worker = async () => {
    for (const one of left) await work(one);
  };
  await Promise.all(Array.from({ length: 30 }, worker));
}

const newNamespace = () => `bench-due-${randomBytes(4).toString('hex')}`;

/** All have been started by then, on a slow machine too: else their starts would be measured with their wakes. */
const leadMs = (count: number) => 15_000 + count * 80;

function assertStarted(dueMs: number): void {
  if (Date.now() > dueMs) throw new Error('Not all were started before they were due.');
}
