import { compiledApi } from './compiled-api.ts';
import type { OwnedProcess, Run } from './stack/processes.ts';
import { StackError } from './stack/stack-error.ts';
import { until } from './stack/until.ts';

/** The product's own processes, each with its entry file. */
export const processNames = ['api', 'orchestrator', 'llm', 'browser'] as const;
export type ProcessName = (typeof processNames)[number];

export type Application = {
  url: string;
  processes: Record<ProcessName, OwnedProcess>;
  /** Ends one process as `kill -9` does. */
  kill(name: ProcessName): Promise<void>;
  /** Starts it again, as a supervisor would. */
  restart(name: ProcessName): Promise<void>;
  ready(): Promise<void>;
  stop(): Promise<void>;
};

/**
 * Starts the API and the three workers on a stack that is up, and waits until each dependency answers and every task
 * queue has a poller.
 * @param env what the processes read, on top of this process's environment
 */
export async function startApplication(run: Run, env: Record<string, string>): Promise<Application> {
  const url = env['PUBLIC_URL'] ?? '';
  const compiled = await compiledApi();
  const start = (name: ProcessName) => startProcess(run, name, name === 'api' ? { ...env, ...compiled } : env);
  const [api, orchestrator, llm, browser] = await Promise.all(processNames.map(start));
  if (!api || !orchestrator || !llm || !browser) throw new Error('unreachable: one process per name');
  const processes = { api, orchestrator, llm, browser };
  const application: Application = {
    url,
    processes,
    kill: (name) => processes[name].kill(),
    async restart(name) {
      processes[name] = await start(name);
    },
    ready: () => untilReady(application),
    async stop() {
      await Promise.all(Object.values(processes).map((owned) => owned.stop()));
    },
  };
  await application.ready();
  return application;
}

/** What the processes need beside the stack's own variables. */
export function applicationEnv(run: { apiPort: number; secrets: Record<string, string> }): Record<string, string> {
  return { ...run.secrets, PORT: String(run.apiPort), PUBLIC_URL: `http://127.0.0.1:${run.apiPort}` };
}

/** Keeps the API's memory small: its answers live for milliseconds, and V8 would rather grow than look. */
export const apiFlags = ['--max-semi-space-size=16', '--max-old-space-size=144'];
/** The worker shares a machine with its browser. Of its heap some 200 MB are alive; unbounded it grew to 570 before V8 looked. */
const browserFlags = ['--max-semi-space-size=16', '--max-old-space-size=384'];
/** Each of glibc's arenas, one a thread, keeps memory of its own. */
export const smallMemoryEnv = { MALLOC_ARENA_MAX: '1' };

const entries: Record<ProcessName, string> = {
  api: 'src/api/server.ts',
  orchestrator: 'workers/orchestrator.ts',
  llm: 'workers/llm.ts',
  browser: 'workers/browser.ts',
};

const memoryFlags: Partial<Record<ProcessName, readonly string[]>> = { api: apiFlags, browser: browserFlags };

const startProcess = (run: Run, name: ProcessName, env: Record<string, string>) => {
  const flags = memoryFlags[name];
  return run.spawnOwned({
    what: name,
    command: process.execPath,
    args: [...(flags ?? []), entries[name]],
    env: { ...env, ...(flags && smallMemoryEnv) },
    graceMs: 25_000,
  });
};

async function untilReady({ url, processes }: Application): Promise<void> {
  const ready = async () => {
    const dead = Object.values(processes).find((owned) => !owned.running);
    if (dead) throw new StackError(`${dead.what} ended while starting; its last words:\n${dead.lastWords()}`);
    const answer = await fetch(`${url}/readyz`).catch(() => undefined);
    await answer?.body?.cancel();
    return answer?.status === 200;
  };
  if (await until(ready, { timeoutMs: 60_000, everyMs: 100 })) return;
  const checks = await fetch(`${url}/readyz`).then((answer) => answer.text(), String);
  throw new StackError(`The application was not ready within a minute: ${checks}`);
}
