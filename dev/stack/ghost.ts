import { cpSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fromEnvironment } from './from-environment.ts';
import { ghostFiles } from './ghost/files.ts';
import { isUp, setUpOwner } from './ghost/owner.ts';
import type { StartPart } from './part.ts';
import { startServer } from './server-process.ts';

/** A real Ghost 5 on SQLite, by this Node. */
export const ghost: StartPart = async ({ run, environment, report }) => {
  const { GHOST_URL: given } = environment;
  if (given) return fromEnvironment({ variable: 'GHOST_URL', url: given, env: { GHOST_URL: given } });
  const app = await ghostFiles(report);
  const content = join(run.dataDir, 'ghost', 'content');
  makeContent(join(app, 'content'), content);
  const port = await run.port('ghost');
  const url = `http://127.0.0.1:${port}`;
  report('starting');
  const server = await startServer(run, {
    what: 'ghost',
    command: process.execPath,
    args: ['ghost.js'],
    cwd: app,
    env: settings({ url, port, content }),
    ready: () => isUp(url),
    readyTimeoutMs: 120_000,
  });
  report('making the owner');
  await setUpOwner(url);
  return { url, source: 'package', env: { GHOST_URL: url }, server, stop: server.stop };
};

/** Themes and folders of a site of its own. Made aside and renamed last. */
function makeContent(from: string, content: string): void {
  if (existsSync(content)) return;
  rmSync(`${content}.part`, { recursive: true, force: true });
  mkdirSync(`${content}.part`, { recursive: true });
  cpSync(from, `${content}.part`, { recursive: true });
  renameSync(`${content}.part`, content);
}

type Site = { url: string; port: number; content: string };

/** Ghost reads its settings from the environment, with `__` between the levels. */
const settings = ({ url, port, content }: Site): Record<string, string> => ({
  NODE_ENV: 'production',
  url: `${url}/`,
  server__host: '127.0.0.1',
  server__port: `${port}`,
  paths__contentPath: content,
  database__client: 'sqlite3',
  database__connection__filename: join(content, 'data', 'ghost.db'),
  database__useNullAsDefault: 'true',
  // Nothing leaves this machine.
  mail__transport: 'stub',
  mail__from: 'owner@example.com',
  sendWelcomeEmail: 'false',
  privacy__useUpdateCheck: 'false',
  privacy__useGravatar: 'false',
  privacy__useRpcPing: 'false',
  // A browser that is new to an account needs a code from its mail, and five log-ins lock it for ten minutes.
  security__staffDeviceVerification: 'false',
  spam__user_login__freeRetries: '1000',
  spam__user_login__minWait: '1',
  logging__level: 'error',
  logging__transports: '["stderr"]',
});
