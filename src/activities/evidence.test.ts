import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';

/** In a process of its own, whose parts of traces can be told from those of others: each has a folder while it is held. */
const tracedJobs = `
  import { launchBrowser } from '../domain/browsers/launch-browser.ts';
  import { openSession } from '../domain/browsers/browser-session.ts';
  import { AppError } from '../errors.ts';
  import { createEvidenceKeeper } from './evidence.ts';

  const publishing = { evidence: { keep: async () => undefined } };
  const keeper = createEvidenceKeeper({ publishing, logger: console });
  const launched = await launchBrowser({ executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium' })();
  const fails = (code, details) => async () => { throw new AppError(code, code, { details }); };
  const jobs = [async () => 'done', fails('selector_drift'), fails('needs_login', { reason: 'qr' }), async () => 'done'];
  for (const accountId of ['1', '2']) {
    const egress = { url: 'http://127.0.0.1:9', close: async () => undefined };
    const seed = { storageState: { cookies: [], origins: [] }, baseUrl: 'http://site', hosts: {}, proxyUrl: null };
    const session = await openSession(launched, { accountId, seed, egress, nowMs: 0 });
    const of = { publicationId: accountId, userId: '1', phase: 'prepare' };
    for (const job of jobs) {
      const ended = keeper.watched(await session.page(), of, job);
      console.log(await ended.catch(({ code }) => code));
    }
    await session.close();
  }
  await keeper.settled();
  await launched.browser.close();
`;

test('whichever way its jobs end, nothing of its traces is held when a session is closed', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'traced-jobs-'));
  try {
    const options = { cwd: import.meta.dirname, env: { ...process.env, TMPDIR: folder } };
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', tracedJobs], options);
    const each = ['done', 'selector_drift', 'needs_login', 'done'];
    expect(stdout.trim().split('\n')).toEqual([...each, ...each]);
    await expect(readdir(folder)).resolves.toEqual([]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
