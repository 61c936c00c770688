/** Test set-up: one browser worker with a real browser, and an account whose site asks to log in. */
import { MockActivityEnvironment } from '@temporalio/testing';
import { createEvidenceKeeper } from '../src/activities/evidence.ts';
import { loginActivities } from '../src/activities/login-hand-off.ts';
import type { OpenedLogin } from '../src/activities/session-job.ts';
import { BrowserPool } from '../src/domain/browsers/browser-pool.ts';
import { createBrowsers } from '../src/domain/browsers/browsers.ts';
import { launchBrowser } from '../src/domain/browsers/launch-browser.ts';
import { createSessionEgress } from '../src/domain/browsers/session-egress.ts';
import { createLoginChallenges } from '../src/domain/login/login.ts';
import { createMedia } from '../src/domain/media/media.ts';
import { createPublishing } from '../src/domain/publishing/publishing.ts';
import { createKeyring } from '../src/infra/keyring.ts';
import { createLogger } from '../src/infra/logger.ts';
import { openObjectStorage } from '../src/infra/object-storage.ts';
import { openRedis } from '../src/infra/redis.ts';
import { credentialPlace } from './credential-place.ts';
import { loginSite, loginSiteDriver } from './login-site.ts';

const unused = { endpoint: 'http://127.0.0.1:9', accessKey: '-', secretKey: '-', bucket: '-', region: '-' };

const now = () => new Date();

export async function loginPlace({ handOffMs = 20_000 } = {}) {
  const place = await credentialPlace();
  const { database, credentials, config } = place;
  const redis = openRedis({ url: config.REDIS_URL, prefix: config.REDIS_PREFIX });
  await redis.connect();
  const keyring = createKeyring(config.ENCRYPTION_KEYS);
  const login = createLoginChallenges({ redis, keyring, now });
  const media = createMedia({ database, objects: openObjectStorage(unused), now });
  const publishing = createPublishing({ database, credentials, media, config, now });
  const log: string[] = [];
  const logger = createLogger({ level: 'info', name: 'test' }, { write: (line) => void log.push(line) });
  const browsers = createBrowsers({ database, redis, keyring, config, now });
  const pool = new BrowserPool({
    launch: launchBrowser({ executablePath: process.env['CHROMIUM_PATH'] ?? '' }),
    egress: createSessionEgress({ ...browsers.egress, onRefused: () => {} }),
    slots: 4,
    maxAgeMs: 600_000,
    maxIdleMs: 600_000,
    maxUses: 50,
    restAfterMs: 600_000,
    now: Date.now,
  });
  const worker = {
    services: {
      publishing,
      credentials,
      browsers,
      login,
      logger,
      config: { ...config, BROWSER_SLOTS: 4, LOGIN_HAND_OFF_MS: handOffMs },
    },
    workerId: 'w1',
    pool,
    registry: browsers.registry,
    evidence: createEvidenceKeeper({ publishing, logger }),
    atWork: new Set<string>(),
    nextEditor: { after: async () => undefined },
    privateKey: place.worker.privateKey,
    logins: new Map<string, OpenedLogin>(),
  };
  const { handOffLogin } = loginActivities(worker, () => loginSiteDriver);

  return {
    ...place,
    redis,
    login,
    pool,
    log,
    /** An account on a site of its own, with a publication that waits. */
    async asked(mode: 'qr' | 'sms_code') {
      const site = await loginSite(mode);
      const account = await place.account();
      await account.upload({ siteUrl: site.url });
      const publicationId = await place.publication(account);
      await place.grant(account, { publicationId });
      const activity = new MockActivityEnvironment();
      const ended = activity.run(handOffLogin, { publicationId });
      ended.catch(() => undefined);
      return { site, account, publicationId, ended, cancel: () => activity.cancel() };
    },
    async close() {
      await pool.close();
      redis.disconnect();
      await place.close();
    },
  };
}

export type LoginPlace = Awaited<ReturnType<typeof loginPlace>>;
