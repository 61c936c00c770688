import { afterEach, expect, test } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { identityOf, isAlive, markedMembers } from './process-identity.ts';
import { readRecords, writeRecords } from './process-records.ts';
import { openRun, type Run } from './processes.ts';
import { until } from './until.ts';

const folders: string[] = [];
const runs: Run[] = [];
const strangers: ChildProcess[] = [];

afterEach(async () => {
  await Promise.all(runs.splice(0).map((run) => run.close()));
  for (const child of strangers.splice(0)) child.kill('SIGKILL');
  for (const path of folders.splice(0)) rmSync(path, { recursive: true, force: true });
});

test('a process that a killed run left over is ended by the next run', async () => {
  const dataDir = folder();
  const left = stranger();
  record(dataDir, left.identity);

  const run = await open(dataDir);

  expect(run.leftover).toEqual(['left over']);
  expect(isAlive(left.identity)).toBe(false);
});

test('what runs inside its folder have left over is ended with a run, and by the next one', async () => {
  const dataDir = folder();
  const [before, meanwhile] = [stranger(), stranger()];
  record(join(dataDir, 'inner'), before.identity);

  const run = await open(dataDir);
  expect(run.leftover).toEqual(['left over']);
  expect(isAlive(before.identity)).toBe(false);

  record(join(dataDir, 'inner'), meanwhile.identity);
  await run.close();
  expect(isAlive(meanwhile.identity)).toBe(false);
});

test('a process that only has the recorded pid, but another start time, is left alone', async () => {
  const dataDir = folder();
  const innocent = stranger();
  record(dataDir, { ...innocent.identity, startTicks: '1' });

  const run = await open(dataDir);

  expect(run.leftover).toEqual([]);
  expect(isAlive(innocent.identity)).toBe(true);
});

test('a process of an earlier boot with the same pid and start time is left alone', async () => {
  const dataDir = folder();
  const innocent = stranger();
  record(dataDir, { ...innocent.identity, bootId: 'another boot' });

  await open(dataDir);

  expect(isAlive(innocent.identity)).toBe(true);
});

test('a second run of the same folder is told in one sentence that the first one is up', async () => {
  const dataDir = folder();
  await open(dataDir);

  await expect(open(dataDir)).rejects.toThrow(
    /^Another run of this checkout is up \(process \d+, .*run the command again\.$/,
  );
});

test('a closed run leaves nothing of a child that started others and ignores being asked', async () => {
  const dataDir = folder();
  const run = await open(dataDir);
  const script = 'trap "" TERM; sleep 1000 & echo started; while :; do wait; done';
  const child = await run.spawnOwned({ what: 'stubborn', command: 'sh', args: ['-c', script], graceMs: 50 });
  await until(() => child.lastWords().includes('started'), { timeoutMs: 5000 });

  await run.close();

  await expect(until(() => markedMembers(child.pid, '').length === 0, { timeoutMs: 1000 })).resolves.toBe(true);
  expect(readRecords(join(dataDir, 'processes.json'))?.children).toEqual([]);
});

test('every child is on record while it runs', async () => {
  const dataDir = folder();
  const run = await open(dataDir);
  const child = await run.spawnOwned({ what: 'sleeper', command: 'sleep', args: ['1000'] });

  const recorded = readRecords(join(dataDir, 'processes.json'))?.children;

  expect(recorded).toMatchObject([{ what: 'sleeper', ...identityOf(child.pid) }]);
});

test('applications have ended before the first server is asked to', async () => {
  const run = await open(folder());
  const order: string[] = [];
  for (const layer of ['server', 'application'] as const) {
    const child = await run.spawnOwned({ what: layer, layer, command: 'sleep', args: ['1000'] });
    void child.ended.then(() => order.push(layer));
  }

  await run.close();

  expect(order).toEqual(['application', 'server']);
});

test('a closed run starts nothing more', async () => {
  const run = await open(folder());
  await run.close();

  await expect(run.spawnOwned({ what: 'late', command: 'sleep', args: ['1000'] })).rejects.toThrow(/is stopping/);
});

test('a name keeps its port from run to run, and two names never share one', async () => {
  const dataDir = folder();
  const first = await open(dataDir);
  const before = [await first.port('a'), await first.port('b')];
  await first.close();

  const second = await open(dataDir);
  const after = { b: await second.port('b'), c: await second.port('c'), a: await second.port('a') };

  expect([after.a, after.b]).toEqual(before);
  expect(new Set(Object.values(after)).size).toBe(3);
});

test('a fresh run begins with an empty folder', async () => {
  const dataDir = folder();
  mkdirSync(join(dataDir, 'postgres'));

  runs.push(await openRun({ dataDir, fresh: true }));

  expect(existsSync(join(dataDir, 'postgres'))).toBe(false);
});

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'run-'));
  folders.push(made);
  return made;
}

async function open(dataDir: string): Promise<Run> {
  const run = await openRun({ dataDir });
  runs.push(run);
  return run;
}

type Identity = NonNullable<ReturnType<typeof identityOf>>;

/** A process that no run of this test started. */
function stranger(): { identity: Identity } {
  const child = spawn('sleep', ['1000'], { detached: true, stdio: 'ignore' });
  strangers.push(child);
  const identity = identityOf(child.pid ?? 0);
  if (!identity) throw new Error('the stranger did not start');
  return { identity };
}

function record(dataDir: string, identity: Identity): void {
  mkdirSync(dataDir, { recursive: true });
  writeRecords(join(dataDir, 'processes.json'), {
    mark: 'an earlier run',
    startedAt: new Date(0).toISOString(),
    owner: { ...identity, startTicks: '1' },
    children: [{ ...identity, what: 'left over', stopSignal: 'SIGTERM' }],
  });
}
