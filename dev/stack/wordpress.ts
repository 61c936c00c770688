import { cpSync, existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { command } from '../downloads/command.ts';
import { npmRuntime } from '../downloads/npm-runtime.ts';
import type { Report } from '../downloads/progress.ts';
import { fromEnvironment, onPath } from './from-environment.ts';
import type { ServerSpec, StartPart } from './part.ts';
import { startServer } from './server-process.ts';
import { makeSite, wordpressFiles } from './wordpress/site.ts';
import { installDatabase, siteUsers } from './wordpress/users.ts';

const own = join(import.meta.dirname, 'wordpress');

/** A real WordPress on SQLite: by a native PHP where the PATH has a fit one, else by PHP as WebAssembly. */
export const wordpress: StartPart = async ({ run, environment, report }) => {
  const { WORDPRESS_URL: given } = environment;
  if (given) return fromEnvironment({ variable: 'WORDPRESS_URL', url: given, env: { WORDPRESS_URL: given } });
  const php = await fitPhp(environment);
  const [files, runtime] = await fetchBoth(report);
  const dir = join(run.dataDir, 'wordpress');
  const site = join(dir, 'site');
  mkdirSync(dir, { recursive: true });
  report('making the site');
  await makeSite(files, site);
  const place = { port: await run.port('wordpress'), site, runtime, dir };
  const url = `http://127.0.0.1:${place.port}`;
  report('starting');
  const start = php ? await nativeServer(php, place) : wasmServer(place);
  const server = await startServer(run, {
    ...start,
    what: 'wordpress',
    ready: () => answersOrInstalls(url),
    readyTimeoutMs: 180_000,
  });
  report('making users');
  const users = await siteUsers(join(dir, 'users.json'), url);
  return { url, source: php ? 'path' : 'package', env: { WORDPRESS_URL: url }, server, users, stop: server.stop };
};

interface Place {
  port: number;
  dir: string;
  site: string;
  runtime: string;
}

function fetchBoth(report: Report): Promise<[files: string, runtime: string]> {
  const runtime = { name: 'wordpress-runtime', definition: join(own, 'runtime'), totalBytes: 200_000_000 };
  return Promise.all([wordpressFiles(report), npmRuntime(runtime, (detail) => report(`PHP: ${detail}`))]);
}

type Server = Omit<ServerSpec, 'what' | 'ready'>;

function wasmServer({ port, site, runtime, dir }: Place): Server {
  // One line of php.ini: the CLI's file-only cache never hits, because its file locks fail, so that every request
  // compiles 430 files (0.6 s in place of 0.08).
  const ini = join(dir, 'opcache.ini');
  writeFileSync(ini, 'opcache.file_cache_only=0\n');
  const options = [
    ['--php', '8.3'],
    ['--port', `${port}`],
    ['--site-url', `http://127.0.0.1:${port}`],
    ['--workers', '2'],
    ['--verbosity', 'quiet'],
    ['--mount-dir-before-install', site, '/wordpress'],
    ['--mount-dir-before-install', ini, '/internal/shared/extensions/zz-opcache.ini'],
    ['--wordpress-install-mode', 'install-from-existing-files-if-needed'],
  ];
  return {
    command: process.execPath,
    args: [join(runtime, 'node_modules/@wp-playground/cli/wp-playground.js'), 'server', ...options.flat()],
  };
}

async function nativeServer(php: string, { port, site, runtime }: Place): Promise<Server> {
  await addSqlite(join(site, 'wp-content'), runtime);
  const settings = ['-d', 'opcache.enable_cli=1', '-d', 'memory_limit=256M'];
  return {
    command: php,
    args: [...settings, '-S', `127.0.0.1:${port}`, '-t', site, join(own, 'router.php')],
    env: { WP_URL: `http://127.0.0.1:${port}`, PHP_CLI_SERVER_WORKERS: '2' },
  };
}

/** The WASM runtime brings SQLite along by itself; a native PHP needs the plugin in the site. */
async function addSqlite(content: string, runtime: string): Promise<void> {
  if (existsSync(join(content, 'db.php'))) return;
  const plugin = join(content, 'plugins/sqlite-database-integration');
  if (!existsSync(plugin)) {
    const zip = join(runtime, 'node_modules/@wp-playground/cli/sqlite-database-integration.zip');
    await command('python3', ['-m', 'zipfile', '-e', zip, join(content, 'plugins')]);
    renameSync(join(content, 'plugins/plugin-sqlite-database-integration'), plugin);
  }
  cpSync(join(plugin, 'db.copy'), join(content, 'db.php'));
}

async function fitPhp(environment: NodeJS.ProcessEnv): Promise<string | undefined> {
  const php = onPath(environment, 'php');
  const needs = ['pdo_sqlite', 'mbstring', 'dom'].map((name) => `extension_loaded("${name}")`).join(' && ');
  const fit =
    php && (await command(php, ['-r', `exit(PHP_VERSION_ID >= 80000 && ${needs} ? 0 : 1);`]).catch(() => undefined));
  return fit === undefined ? undefined : php;
}

async function answersOrInstalls(base: string): Promise<boolean> {
  const answer = await fetch(`${base}/wp-login.php`, { redirect: 'manual' });
  await answer.text();
  if (answer.headers.get('location')?.includes('install.php')) await installDatabase(base);
  return answer.status === 200;
}
