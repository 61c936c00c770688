import { spawn, type ChildProcess, type StdioOptions } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, renameSync, statSync } from 'node:fs';
import { StackError } from './stack-error.ts';

export type Layer = 'application' | 'server';

export interface OwnedSpec {
  /** What this process is, for records, logs and messages: `temporal`, `api`, `worker-llm`. */
  what: string;
  command: string;
  args?: readonly string[];
  /** Added to this process's environment; `undefined` takes a variable out. */
  env?: Record<string, string | undefined>;
  cwd?: string;
  /** `log` (default) writes to `logs/<what>.log` in the data folder, `inherit` to this terminal. */
  output?: 'log' | 'inherit';
  /** The signal that asks it to end in good order; SIGTERM unless told. */
  stopSignal?: 'SIGTERM' | 'SIGINT';
  /** Servers (the stack) are stopped after applications; `application` unless told. */
  layer?: Layer;
  /** How long it may take to end in good order before its whole group is killed. */
  graceMs?: number;
}

export interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** A child in a process group of its own, so that ending it ends everything it started. */
export class OwnedProcess {
  readonly what: string;
  readonly pid: number;
  readonly ended: Promise<Ended>;
  readonly logFile: string;
  readonly #spec: OwnedSpec;
  #running = true;

  constructor(child: ChildProcess & { pid: number }, spec: OwnedSpec, logFile: string) {
    this.what = spec.what;
    this.pid = child.pid;
    this.logFile = logFile;
    this.#spec = spec;
    this.ended = new Promise((resolve) => {
      child.once('exit', (code, signal) => {
        this.#running = false;
        resolve({ code, signal });
      });
    });
  }

  get layer(): Layer {
    return this.#spec.layer ?? 'application';
  }

  get running(): boolean {
    return this.#running;
  }

  /** Asks it to end, then ends what is left of its group. */
  async stop(): Promise<void> {
    if (!this.#running) return;
    this.signal(this.#spec.stopSignal ?? 'SIGTERM');
    const timer = setTimeout(() => this.signal('SIGKILL'), this.#spec.graceMs ?? 10_000);
    await this.ended;
    clearTimeout(timer);
    this.signal('SIGKILL'); // its own children, where it left some behind
  }

  async kill(): Promise<void> {
    this.signal('SIGKILL');
    await this.ended;
  }

  signal(signal: NodeJS.Signals): void {
    signalGroup(this.pid, signal);
  }

  /** The end of its log, for the message that says why it did not start. */
  lastWords(lines = 5): string {
    if (!existsSync(this.logFile)) return '';
    return readFileSync(this.logFile, 'utf8').trimEnd().split('\n').slice(-lines).join('\n');
  }
}

export async function spawnIn(logFile: string, spec: OwnedSpec): Promise<OwnedProcess> {
  const output = spec.output === 'inherit' ? 'inherit' : openLog(logFile);
  const stdio: StdioOptions = ['ignore', output, output];
  const env = { ...process.env, ...spec.env };
  const child = spawn(spec.command, [...(spec.args ?? [])], {
    stdio,
    env,
    detached: true,
    ...(spec.cwd === undefined ? {} : { cwd: spec.cwd }),
  });
  if (typeof output === 'number') closeSync(output); // the child has its own copy
  if (hasPid(child)) return new OwnedProcess(child, spec, logFile);
  const reason = await new Promise<Error>((resolve) => void child.once('error', resolve));
  throw new StackError(`${spec.what} could not be started with ${spec.command}: ${reason.message}.`, { cause: reason });
}

export function signalGroup(group: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-group, signal);
  } catch {
    // the group has ended already
  }
}

function openLog(file: string): number {
  const largestBytes = 5_000_000;
  if (existsSync(file) && statSync(file).size > largestBytes) renameSync(file, `${file}.old`);
  return openSync(file, 'a');
}

const hasPid = (child: ChildProcess): child is ChildProcess & { pid: number } => child.pid !== undefined;
