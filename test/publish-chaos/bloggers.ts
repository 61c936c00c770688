/** One creator with accounts on several sites, who orders publications and does not give up while the API is away. */
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { startedTask } from '../../dev/demo/answers.ts';
import { DesktopApp } from '../../dev/demo/desktop-app.ts';
import { newSyncKey, sealEnvelope, sealGrant } from '../../src/client/client.ts';
import type { Site } from './sites.ts';

export type Blog = {
  platform: Site['platform'];
  /** Orders until the API has taken it. @returns the publication's id */
  publish(title: string, more?: { markdown?: string; tags?: string[]; scheduledAt?: Date }): Promise<string>;
};

export type Bloggers = { blogs: Blog[]; secrets: Record<string, string> };

/** @param counts how many accounts on each site */
export async function bloggers(url: string, counts: readonly (readonly [Site, number])[]): Promise<Bloggers> {
  const app = new DesktopApp(url);
  const password = `password ${crypto.randomUUID()}`;
  await app.signUp(`chaos-${crypto.randomUUID()}@example.com`, password);
  const worker = await app.get('/api/v1/credential/worker-key', z.object({ public_key: z.string() }));
  const vault = { password: `vault ${crypto.randomUUID()}`, syncKey: newSyncKey() };
  const secrets: Record<string, string> = {
    'log-in password': password,
    'vault password': vault.password,
    'sync key': vault.syncKey,
    'access token': app.token,
  };
  const blogs: Blog[] = [];
  for (const [site, count] of counts) {
    for (let n = 0; n < count; n += 1) blogs.push(await connect(site, n));
  }
  return { blogs, secrets };

  async function connect(site: Site, n: number): Promise<Blog> {
    const { platform } = site;
    const accountId = `${platform}-${n}`;
    const state = await site.logIn(n);
    const sealed = await sealEnvelope({ ...vault, platform, accountId, state });
    await app.post(
      '/api/v1/credential/upload',
      { platform, account_id: accountId, site_url: site.url, envelope: sealed.envelope, device_id: 'chaos' },
      z.unknown(),
    );
    const contentKey = Buffer.from(sealed.keys.contentKey);
    for (const form of ['base64url', 'base64', 'hex'] as const)
      secrets[`content key of ${accountId} (${form})`] = contentKey.toString(form);
    for (const { name, value } of state.cookies) {
      if (value.length > 16) secrets[`cookie ${name} of ${accountId}`] = value;
    }
    return {
      platform,
      async publish(title, { markdown = `${title}\n\n- one\n- two`, tags = ['chaos'], scheduledAt } = {}) {
        const grant = await sealGrant({
          ...sealed,
          purpose: 'publication',
          expiresAt: new Date(Date.now() + 86_400_000),
          workerPublicKey: worker.public_key,
        });
        const body = { account_id: accountId, content: { title, markdown, tags }, grant };
        const later = { path: 'schedule', body: { ...body, platform, scheduled_at: scheduledAt?.toISOString() } };
        return stubborn({ url, token: app.token, ...(scheduledAt ? later : { path: platform, body }) });
      },
    };
  }
}

type Order = { url: string; token: string; path: string; body: unknown };

/** The same request under the same key, until there is an answer. */
async function stubborn({ url, token, path, body }: Order): Promise<string> {
  const headers = {
    'content-type': 'application/json',
    authorization: `Bearer ${token}`,
    'idempotency-key': crypto.randomUUID(),
  };
  for (;;) {
    const options = { method: 'POST', headers, body: JSON.stringify(body), signal: AbortSignal.timeout(10_000) };
    const answer = await fetch(`${url}/api/v1/publish/${path}`, options).catch(() => undefined);
    if (answer?.ok) return startedTask.parse(await answer.json()).task_id;
    const text = await answer?.text();
    if (answer && answer.status < 500) throw new Error(`The order was refused: ${answer.status} ${text}`);
    await sleep(200);
  }
}
