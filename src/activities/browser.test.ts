import { createServer } from 'node:http';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import sharp from 'sharp';
import { until } from '../../dev/stack/until.ts';
import { credentialPlace, secrets } from '../../test/credential-place.ts';
import type { CredentialPlace } from '../../test/credential-place.ts';
import { openXiaohongshu } from '../../test/sites/xiaohongshu/site.ts';
import type { XiaohongshuSite } from '../../test/sites/xiaohongshu/site.ts';
import { openEnvelope, sealEnvelope, sealGrant } from '../client/client.ts';
import { BrowserPool } from '../domain/browsers/browser-pool.ts';
import { createBrowsers } from '../domain/browsers/browsers.ts';
import { launchBrowser } from '../domain/browsers/launch-browser.ts';
import { createSessionEgress } from '../domain/browsers/session-egress.ts';
import { createLoginChallenges } from '../domain/login/login.ts';
import { createMedia } from '../domain/media/media.ts';
import { createPublishing } from '../domain/publishing/publishing.ts';
import { createKeyring } from '../infra/keyring.ts';
import { createLogger } from '../infra/logger.ts';
import { openObjectStorage } from '../infra/object-storage.ts';
import { openRedis } from '../infra/redis.ts';
import type { PublishedPost } from '../domain/platforms/index.ts';
import { browserActivities } from './browser.ts';
import { createEvidenceKeeper } from './evidence.ts';
import type { PublicationRef } from './browser.ts';
import type { CommitRound } from './publishing.ts';
import { loginActivities } from './login-hand-off.ts';
import type { HandedOff } from './login-hand-off.ts';
import type { OpenedLogin } from './session-job.ts';

let place: CredentialPlace;
let site: XiaohongshuSite;
let world: Awaited<ReturnType<typeof browserWorld>>;
const picture = await sharp({ create: { width: 900, height: 100, channels: 3, background: 'red' } })
  .png()
  .toBuffer();
const pictures = createServer(
  (_, response) => void response.writeHead(200, { 'content-type': 'image/png' }).end(picture),
);

beforeAll(async () => {
  [place, site] = await Promise.all([credentialPlace(), openXiaohongshu()]);
  await new Promise<void>((resolve) => {
    pictures.listen(0, '127.0.0.1', resolve);
  });
  world = await browserWorld();
});
afterAll(async () => {
  await world.close();
  await site.close();
  pictures.close();
  await place.close();
});

test('a platform without drafts: filled in, clicked in the same page, and the row says what was declared', async () => {
  const { publishing, run, publicationId, round } = await world.publication();
  await run.preparePost({ publicationId, round });
  await expect(publishing.publications.load(publicationId)).resolves.toMatchObject({
    platformDraftId: null,
    aiDeclaration: 'declared',
  });
  await publishing.publications.move(publicationId, { to: 'publishing', note: 'clicks' });
  const { postId } = await run.commitPost({ publicationId, round });
  const note = site.notes.find(postId);
  expect(note).toMatchObject({ title: 'Bees', topics: ['bees'], declaration: '笔记含AI合成内容' });
  expect(note?.images).toHaveLength(1);

  const { width, height } = await sharp(site.uploads.at(-1)).metadata();
  expect(width / height).toBeCloseTo(4 / 3, 1); // made to fit what the platform takes
  const status = await publishing.status(world.userId, publicationId);
  expect(status).toMatchObject({ ai_declaration: 'declared' });
  expect(status.history.map(({ note: words }) => words)).toContain('declared as made with AI');
});

test('a page that was lost before the click is a conflict, and the round is known never to have clicked', async () => {
  const { publishing, run, publicationId, accountId, round } = await world.publication({ title: 'Lost' });
  await run.preparePost({ publicationId, round });
  await publishing.publications.move(publicationId, { to: 'publishing', note: 'clicks' });
  await world.pool.drop(accountId);
  await expect(run.commitPost({ publicationId, round })).rejects.toMatchObject({ code: 'conflict' });
  await expect(publishing.gate.close(publicationId, round)).resolves.toBe(true);
  expect(site.notes.all().filter(({ title }) => title === 'Lost')).toEqual([]);
});

test('a login by QR code is handed off, scanned, and the same context publishes the note once', async () => {
  const { publishing, run, publicationId, accountId, round } = await world.publication({ title: 'Handed off' });
  site.desk.logOut();
  const asked = { code: 'needs_login', details: { reason: 'qr' } };
  await expect(run.preparePost({ publicationId, round })).rejects.toMatchObject(asked);
  const handedOff = run.handOffLogin({ publicationId });
  const shown = () => world.login.shown(publicationId);
  const isShown = () =>
    shown().then(
      ({ picture: png }) => png !== null,
      () => false,
    );
  expect(await until(isShown, { timeoutMs: 20_000 })).toBe(true);
  await expect(shown()).resolves.toMatchObject({ reason: 'qr', accepts_code: false });
  const scan = async () => (await fetch(site.url + site.desk.qrAddress())).ok;
  expect(await until(scan, { timeoutMs: 10_000 })).toBe(true);
  await expect(handedOff).resolves.toEqual({ outcome: 'solved' });

  const shownNow = { open: openAnew, work: async (page: Page) => page.url() };
  await expect(world.pool.withSession(accountId, shownNow)).resolves.toMatch(/new.home$/);
  await run.preparePost({ publicationId, round });
  await publishing.publications.move(publicationId, { to: 'publishing', note: 'clicks' });
  await run.commitPost({ publicationId, round });
  expect(site.notes.all().filter(({ title }) => title === 'Handed off')).toHaveLength(1);
  const { envelope } = await place.credentials.download(world.userId, 'xiaohongshu', 'me');
  const [fresh] = site.desk.login().cookies;
  expect(JSON.stringify((await openEnvelope(envelope, secrets)).state)).toContain(fresh?.value);
});

test('a login that the site has not renewed is not sealed again', async () => {
  const version = async () => (await place.credentials.download(world.userId, 'xiaohongshu', 'me')).version;
  const before = await version();
  const { publishing, run, publicationId, round } = await world.publication({ title: 'Logged in as before' });
  await run.preparePost({ publicationId, round });
  await publishing.publications.move(publicationId, { to: 'publishing', note: 'clicks' });
  await run.commitPost({ publicationId, round });
  await expect(version()).resolves.toBe(before);
});

test('a puzzle, which no person can solve from afar, is not waited for', async () => {
  const { run, publicationId, accountId, round } = await world.publication({ title: 'Puzzled' });
  site.desk.logOut();
  site.now.login = 'captcha';
  const asked = { code: 'needs_login', details: { reason: 'captcha' } };
  await expect(run.preparePost({ publicationId, round })).rejects.toMatchObject(asked);
  await expect(run.handOffLogin({ publicationId })).resolves.toEqual({ outcome: 'unanswerable' });
  expect(world.pool.accountIds()).not.toContain(accountId);
});

const openAnew = () => Promise.reject(new Error('opened anew'));

const now = () => new Date();
const quiet = () => new MockActivityEnvironment({}, { logger: new DefaultLogger('ERROR') });

/** One browser worker, and a person with an account on the fixture site. */
async function browserWorld() {
  const { database, credentials, worker, user } = place;
  const config = { ...place.config, UNVERIFIED_PLATFORMS: 'xiaohongshu', PLATFORM_SITES: `xiaohongshu=${site.url}` };
  const objects = openObjectStorage({
    endpoint: config.S3_ENDPOINT,
    accessKey: config.S3_ACCESS_KEY,
    secretKey: config.S3_SECRET_KEY,
    bucket: config.S3_BUCKET,
    region: config.S3_REGION,
  });
  const media = createMedia({ database, objects, now });
  const publishing = createPublishing({ database, credentials, media, config, now });
  const redis = openRedis({ url: config.REDIS_URL, prefix: config.REDIS_PREFIX });
  const logger = createLogger({ level: 'silent', name: 'test' });
  const keyring = createKeyring(config.ENCRYPTION_KEYS);
  const login = createLoginChallenges({ redis, keyring, now });
  const browsers = createBrowsers({ database, redis, keyring, config, now });
  const pool = new BrowserPool({
    launch: launchBrowser({ executablePath: process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium' }),
    egress: createSessionEgress({ ...browsers.egress, onRefused: () => undefined }),
    slots: 2,
    maxAgeMs: 600_000,
    maxIdleMs: 600_000,
    maxUses: 50,
    restAfterMs: 600_000,
    now: Date.now,
  });
  const evidence = createEvidenceKeeper({ publishing, logger });
  const browserWorker = {
    services: { publishing, credentials, browsers, login, logger, config },
    workerId: 'w1',
    pool,
    registry: browsers.registry,
    evidence,
    privateKey: worker.privateKey,
    logins: new Map<string, OpenedLogin>(),
    atWork: new Set<string>(),
    nextEditor: { after: async () => undefined },
  };
  const activities = { ...browserActivities(browserWorker), ...loginActivities(browserWorker) };
  const run = {
    preparePost: (of: CommitRound) =>
      quiet().run<[CommitRound], void, typeof activities.preparePost>(activities.preparePost, of),
    commitPost: (of: CommitRound) =>
      quiet().run<[CommitRound], PublishedPost, typeof activities.commitPost>(activities.commitPost, of),
    handOffLogin: (of: PublicationRef) =>
      quiet().run<[PublicationRef], HandedOff, typeof activities.handOffLogin>(activities.handOffLogin, of),
  };

  const platform = 'xiaohongshu';
  const userId = await user();
  const sealed = await sealEnvelope({ ...secrets, platform, accountId: 'me', state: site.login() });
  const { envelope, keys } = sealed;
  const { accountId } = await credentials.upload({ userId, platform, accountId: 'me', envelope, deviceId: 'laptop' });
  return {
    userId,
    pool,
    login,
    async publication({ title = 'Bees' } = {}) {
      const address = pictures.address();
      const port = typeof address === 'object' && address ? address.port : 0;
      const grant = await sealGrant({
        envelope,
        keys,
        purpose: 'publication',
        expiresAt: new Date(Date.now() + 86_400_000),
        workerPublicKey: worker.publicKey,
      });
      const markdown = `They *dance*.\n\n![A bee](http://127.0.0.1:${port}/bee.png)`;
      const content = { title, markdown, tags: ['bees'], cover_media_id: null, ai_generated: true };
      const wanted = { userId, platform, accountId: 'me', content, scheduledAt: null, grant, force: false };
      const { id: publicationId } = await publishing.create({ ...wanted, idempotencyKey: null });
      return { publishing, run, publicationId, accountId, round: await publishing.gate.open(publicationId) };
    },
    async close() {
      await evidence.settled();
      await pool.close();
      redis.disconnect();
    },
  };
}
