// The processes of one run of one checkout. Every child is recorded before anything else happens to it, so that after a
// kill -9 of this process the next run finds and ends what was left over.
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { signalGroup, spawnIn, type Layer, type OwnedProcess, type OwnedSpec } from './owned-process.ts';
import { choosePorts, type Ports } from './ports.ts';
import { identityOf, type ProcessIdentity } from './process-identity.ts';
import { MARK_VARIABLE, endLeftovers, readRecords, writeRecords, type ChildRecord } from './process-records.ts';
import { holdLock } from './run-lock.ts';
import { StackError, explain } from './stack-error.ts';

export type { OwnedProcess, OwnedSpec } from './owned-process.ts';

export interface RunOptions {
  /** Where state, logs and records live; usually `.data` in the checkout. */
  dataDir: string;
  /** Begin with nothing: earlier state in `dataDir` is removed (throw-away stacks of tests). */
  fresh?: boolean;
  /** Ports the user fixed, by name; the others are chosen free and remembered. */
  ports?: Record<string, number>;
}

/**
 * Opens the one run that a data folder may have at a time, after ending what a killed one left over.
 * @throws StackError when another run of this folder is alive
 */
export async function openRun({ dataDir, fresh = false, ports = {} }: RunOptions): Promise<Run> {
  const dir = resolve(dataDir);
  try {
    mkdirSync(dir, { recursive: true });
    const release = await holdLock(dir);
    if (!release) throw alreadyRunning(dir);
    const leftover = await endWithin(dir);
    if (fresh) for (const name of readdirSync(dir)) rmSync(join(dir, name), { recursive: true, force: true });
    mkdirSync(join(dir, 'logs'), { recursive: true });
    return new Run(dir, { port: choosePorts(dir, ports), release, leftover });
  } catch (error) {
    throw explain(error, dir);
  }
}

interface RunParts {
  port: Ports;
  release: () => void;
  leftover: string[];
}

export class Run {
  readonly dataDir: string;
  /** A free port of that name, the same at the next start. */
  readonly port: Ports;
  /** What a killed earlier run had left behind; it has been ended. */
  readonly leftover: readonly string[];
  readonly #mark = randomUUID();
  readonly #startedAt = new Date().toISOString();
  readonly #owner: ProcessIdentity;
  readonly #children = new Map<OwnedProcess, ChildRecord>();
  readonly #release: () => void;
  #closed = false;

  constructor(dataDir: string, { port, release, leftover }: RunParts) {
    this.dataDir = dataDir;
    this.port = port;
    this.leftover = leftover;
    this.#release = release;
    this.#owner = own(process.pid);
    this.#write();
    process.once('exit', this.#killAll);
  }

  /** Starts a child in a group of its own and records it. It ends with `stop()`, with `close()`, or with this process. */
  async spawnOwned(spec: OwnedSpec): Promise<OwnedProcess> {
    if (this.#closed) throw new StackError(`${spec.what} was not started, because this run is stopping.`);
    const env = { ...spec.env, [MARK_VARIABLE]: this.#mark };
    const child = await spawnIn(join(this.dataDir, 'logs', `${spec.what}.log`), { ...spec, env });
    const identity = identityOf(child.pid);
    if (identity) {
      this.#children.set(child, { ...identity, what: spec.what, stopSignal: spec.stopSignal ?? 'SIGTERM' });
      this.#write();
    }
    void child.ended.then(() => this.#forget(child));
    return child;
  }

  /** Ends every child that still runs, the servers of the stack last, and lets the next run begin. */
  async close(): Promise<void> {
    this.#closed = true; // a part that is still downloading must not start its server after the others have ended
    await this.#stopAll('application'); // they drain, and need the servers for that
    await endInner(this.dataDir); // of tests that were ended in the middle
    await this.#stopAll('server');
    process.off('exit', this.#killAll);
    this.#release();
  }

  get closed(): boolean {
    return this.#closed;
  }

  async #stopAll(layer: Layer): Promise<void> {
    const chosen = [...this.#children.keys()].filter((child) => child.layer === layer);
    await Promise.all(chosen.map((child) => child.stop().then(() => this.#forget(child))));
  }

  #forget(child: OwnedProcess): void {
    if (!this.#children.delete(child)) return;
    signalGroup(child.pid, 'SIGKILL'); // what it started ends with it
    this.#write();
  }

  #write(): void {
    const children = [...this.#children.values()];
    const records = { mark: this.#mark, startedAt: this.#startedAt, owner: this.#owner, children };
    writeRecords(recordsFile(this.dataDir), records);
  }

  /** The last net, for an exit that nobody prepared. */
  readonly #killAll = (): void => {
    for (const child of this.#children.keys()) child.signal('SIGKILL');
  };
}

function alreadyRunning(dir: string): StackError {
  const records = readRecords(recordsFile(dir));
  const who = records ? ` (process ${records.owner.pid}, since ${records.startedAt})` : '';
  const stop = records ? `stop it with Ctrl-C or "kill ${records.owner.pid}"` : 'stop it';
  return new StackError(`Another run of this checkout is up${who}: ${stop}, then run the command again.`);
}

function own(pid: number): ProcessIdentity {
  const identity = identityOf(pid);
  if (!identity) throw new StackError('The local stack needs Linux with /proc mounted.');
  return identity;
}

const recordsFile = (dir: string): string => join(dir, 'processes.json');

/** What is left over of the run in a folder, and of the runs in its folders. */
const endWithin = async (dir: string): Promise<string[]> => [
  ...(await endInner(dir)),
  ...(await endLeftovers(readRecords(recordsFile(dir)))),
];

async function endInner(dir: string): Promise<string[]> {
  if (!existsSync(dir)) return [];
  const ended = await Promise.all(
    readdirSync(dir).map((name) => endLeftovers(readRecords(recordsFile(join(dir, name))))),
  );
  return ended.flat();
}
