// npm run platform -- check NAME [--url URL] [--user U --password P | --state FILE] [--publish]
// Runs an adapter against a site, up to its click, and tells what has changed in the site's pages. Without --url: the
// stack's own WordPress or Ghost, or the fixture site of a platform that was never tried live. Ends with 1 on drift.
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import { descriptionOf, descriptions } from '../src/domain/platforms/index.ts';
import { fitted, platformOf } from '../src/domain/platforms/drivers.ts';
import type { PostToPrepare } from '../src/domain/platforms/index.ts';
import { checkPlatform } from './platform/check.ts';
import { reportOf } from './platform/report.ts';
import { fixtures, loggedIn, selectorsOf } from './platform/targets.ts';
import type { PlatformId, Target } from './platform/targets.ts';
import { openRun, startStack, stopOnSignals } from './stack/index.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    url: { type: 'string' },
    user: { type: 'string' },
    password: { type: 'string' },
    /** Cookies of a browser that is logged in. */
    state: { type: 'string' },
    publish: { type: 'boolean', default: false },
  },
});
const names: readonly PlatformId[] = [
  'wordpress',
  'ghost',
  'zhihu',
  'xiaohongshu',
] satisfies (keyof typeof descriptions)[];
const [command, name] = positionals;
const id = names.find((known) => known === name);

if (command !== 'check' || !id) {
  process.stderr.write(`usage: npm run platform -- check ${names.join('|')} [--url URL] [--state FILE] [--publish]\n`);
  process.exit(2);
}
const run = await openRun({ dataDir: '.data/platform', fresh: false });
stopOnSignals(() => run.close());
try {
  process.exitCode = (await check(id)) ? 0 : 1;
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
} finally {
  await run.close();
}

/** @returns whether the pages are as the adapter knows them */
async function check(platform: PlatformId): Promise<boolean> {
  const fixture = values.url === undefined && values.state === undefined ? await fixtures[platform]?.() : undefined;
  const isOurs = values.url === undefined && descriptionOf(platform).selfHosted;
  const own = isOurs && (platform === 'wordpress' || platform === 'ghost') ? [platform] : [];
  const stack = await startStack({ run, parts: ['chromium', ...own] });
  const executablePath = stack.env['CHROMIUM_PATH'] ?? '';
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
  try {
    const url =
      values.url ?? fixture?.url ?? stack.env[`${platform.toUpperCase()}_URL`] ?? descriptionOf(platform).site;
    if (!url) throw new Error('Give --url.');
    const target: Target = { ...values, url };
    process.stdout.write(`${descriptionOf(platform).name} at ${url}\n\n`);
    const context = fixture
      ? await browser.newContext({ baseURL: `${url}/`, storageState: fixture.login() })
      : await loggedIn(browser, platform, target);
    const checked = await checkPlatform(await context.newPage(), {
      platform: platformOf(platform),
      selectors: selectorsOf[platform],
      post: await fitted(platform, sample(platform)),
      publish: values.publish,
    });
    process.stdout.write(`${reportOf(descriptionOf(platform).name, checked)}\n`);
    return !checked.hasDrifted;
  } finally {
    await browser.close();
    await fixture?.close();
  }
}

/** A post with all that the platform takes, so that every part of its pages is looked for. */
function sample(platform: PlatformId): PostToPrepare {
  const { cover, tags, aiDeclaration } = descriptionOf(platform).abilities;
  const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="600" height="600"><rect width="600" height="600"/></svg>';
  return {
    title: `Check ${new Date().toISOString().slice(0, 16)}`,
    markdown: 'A **paragraph**.\n\n- one\n- two',
    tags: tags ? ['check'] : [],
    cover: cover ? { name: 'cover.svg', contentType: 'image/svg+xml', bytes: Buffer.from(svg) } : null,
    aiGenerated: aiDeclaration,
    draftId: null,
  };
}
