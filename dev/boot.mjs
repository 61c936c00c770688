// First step of every npm script: installs the packages when they are missing or older than the lockfile, then hands over
// to the Node 24 that the package `node` brought. Plain JavaScript without dependencies, because Node 20 must run it
// before anything is installed. It talks on stderr only: stdout belongs to the command (`--json`).
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { constants } from 'node:os';
import { basename, delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const modules = join(root, 'node_modules');
const lockfile = join(root, 'package-lock.json');
const stamp = join(modules, '.installed-lockfile');

const lockHash = () => createHash('sha256').update(readFileSync(lockfile)).digest('hex');

/** The stamp, and npm's own hidden lockfile, are both written last: an interrupted install has neither. */
function installed() {
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lockHash()) return true;
  const hidden = join(modules, '.package-lock.json');
  return existsSync(hidden) && statSync(hidden).mtimeMs >= statSync(lockfile).mtimeMs;
}

async function install() {
  const total = Object.keys(JSON.parse(readFileSync(lockfile, 'utf8')).packages).length - 1;
  say(`Installing up to ${total} packages (npm ci); later starts skip this.`);
  const began = Date.now();
  const ticker = setInterval(() => say(`  ${countPackages()} of ${total} packages, ${seconds(began)}`), 4000);
  const child = spawn('npm', ['ci', '--no-audit', '--no-fund', '--no-progress', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
  });
  forwardSignals(child);
  const code = await ended(child).finally(() => clearInterval(ticker));
  if (code !== 0)
    fail('npm ci did not finish (see above). Run the command again: it starts over from a clean state.', code);
  writeFileSync(stamp, lockHash());
  say(`Packages installed in ${seconds(began)}.`);
}

/** One install at a time per checkout. The kernel frees an abstract socket with its process, so the lock is never stale. */
async function alone(work) {
  const address = `\0ai-creator-cloud-install-${createHash('sha256').update(root).digest('hex')}`;
  const server = createServer();
  const locked = await new Promise((resolve) => {
    server.once('error', (error) => resolve(error.code !== 'EADDRINUSE'));
    server.listen(address, () => resolve(true));
  });
  if (locked) {
    await work().finally(() => server.close());
    return;
  }
  say('Another command is installing the packages; waiting for it.');
  await new Promise((resolve) => connect(address).once('error', resolve).once('close', resolve));
  if (!installed()) await alone(work);
}

/** Node 24 from the packages; where install scripts are switched off it is missing, and a recent own Node will do. */
function runtime() {
  const packaged = join(modules, '.bin', 'node');
  if (existsSync(packaged)) return packaged;
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > 22 || (major === 22 && minor >= 18)) return process.execPath;
  return fail(
    'Node 24 did not come with the packages (are npm install scripts switched off?). Use Node 24, or run npm ci.',
  );
}

async function handOver(args) {
  const env = { ...process.env, PATH: `${join(modules, '.bin')}${delimiter}${process.env.PATH ?? ''}` };
  // The ipc channel tells the command when this process is gone, even by kill -9.
  const child = spawn(runtime(), args, { env, stdio: ['inherit', 'inherit', 'inherit', 'ipc'] });
  forwardSignals(child);
  process.exitCode = await ended(child);
}

function forwardSignals(child) {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  // npm passes a SIGTERM to the shell it made and to nobody else, so under npm the end of that shell is the signal.
  if (process.env.npm_lifecycle_event === undefined) return;
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    child.kill('SIGTERM');
  }, 300);
  watch.unref();
}

function ended(child) {
  return new Promise((resolve) => {
    child.once('error', (error) => fail(`${child.spawnfile} could not be started: ${error.message}.`));
    child.once('exit', (code, signal) => resolve(code ?? 128 + constants.signals[signal]));
  });
}

function countPackages() {
  const folders = list(modules).flatMap((folder) => (basename(folder).startsWith('@') ? list(folder) : [folder]));
  return folders.filter((folder) => existsSync(join(folder, 'package.json'))).length;
}

/** Empty while npm makes or renames the folder. */
function list(folder) {
  try {
    return readdirSync(folder).map((name) => join(folder, name));
  } catch {
    return [];
  }
}

const seconds = (since) => `${Math.round((Date.now() - since) / 1000)} s`;
const say = (line) => process.stderr.write(`${line}\n`);

function fail(sentence, code = 1) {
  say(sentence);
  process.exit(code);
}

const args = process.argv.slice(2);
if (args.length === 0) fail('usage: node dev/boot.mjs ENTRY.ts [ARGUMENT ...]');
if (Number(process.versions.node.split('.')[0]) < 20) fail(`Node 20 or newer is needed; this is ${process.version}.`);
if (!installed()) await alone(install);
await handOver(args);
