import { join } from 'node:path';
import { npmRuntime } from '../dev/downloads/npm-runtime.ts';
import type { OwnedProcess, Run } from '../dev/stack/processes.ts';

/** Portkey's gateway from npm, as its README starts it, without its user interface. */
export async function startPortkey(run: Run, port: number): Promise<OwnedProcess> {
  const runtime = await npmRuntime(
    { name: 'portkey-runtime', definition: join(import.meta.dirname, 'portkey'), totalBytes: 25_000_000 },
    () => undefined,
  );
  return run.spawnOwned({
    what: 'bench-portkey',
    command: process.execPath,
    args: [
      join(runtime, 'node_modules', '@portkey-ai', 'gateway', 'build', 'start-server.js'),
      `--port=${port}`,
      '--headless',
    ],
    env: { NODE_ENV: 'production' },
  });
}

/** Where Portkey is told to send a request. @param upstream with the version, as `http://127.0.0.1:9000/v1` */
export const portkeyHeaders = (upstream: string) => ({
  'x-portkey-provider': 'openai',
  'x-portkey-custom-host': upstream,
  authorization: 'Bearer none',
});
