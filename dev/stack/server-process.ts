import type { OwnedProcess, Run } from './processes.ts';
import type { ServerProcess, ServerSpec } from './part.ts';
import { StackError } from './stack-error.ts';
import { until } from './until.ts';

/** Starts a server and waits until it is ready. @throws StackError with the end of its log when it is not */
export async function startServer(run: Run, spec: ServerSpec): Promise<ServerProcess> {
  let current = await startOnce(run, spec);
  return {
    get pid() {
      return current.pid;
    },
    kill: () => current.kill(),
    async restart() {
      if (current.running) await current.stop();
      current = await startOnce(run, spec);
    },
    stop: () => current.stop(),
  };
}

async function startOnce(run: Run, spec: ServerSpec): Promise<OwnedProcess> {
  const child = await run.spawnOwned({ ...spec, layer: 'server' });
  const timeoutMs = spec.readyTimeoutMs ?? 60_000;
  const settled = await until(async () => !child.running || (await answers(spec)), {
    timeoutMs,
    everyMs: spec.readyEveryMs ?? 40,
  });
  if (settled && child.running) return child;
  const how = child.running ? `did not answer within ${timeoutMs / 1000} s` : 'ended while it started';
  if (child.running) await child.stop();
  throw new StackError(`${spec.what} ${how}; its log ${child.logFile} ends with:\n${child.lastWords()}`);
}

const answers = (spec: ServerSpec): Promise<boolean> => spec.ready().catch(() => false);
