/** A creator with the desktop app: signs up, connects a WordPress account, and asks for work through the API. */
import { z } from 'zod';
import { newSyncKey, sealEnvelope, sealGrant } from '../src/client/client.ts';
import { DesktopApp } from '../dev/demo/desktop-app.ts';
import { articleTask, publicationTask, startedTask } from '../dev/demo/answers.ts';
import { person } from '../dev/demo/person.ts';

export const content = {
  title: 'It\'s "exactly" once — 一次',
  markdown: 'First paragraph.\n\n## A heading\n\n- one\n- two',
  tags: ['once'],
};

/** @param chromium the creator's own browser, which has nothing to do with the browser workers' */
export async function creator(url: string, chromium = process.env['CHROMIUM_PATH'] ?? '') {
  const app = new DesktopApp(url);
  const password = `password ${crypto.randomUUID()}`;
  await app.signUp(`creator-${crypto.randomUUID()}@example.com`, password);
  const { secret } = await app.post('/api/v1/llm/api-keys', { name: 'test' }, z.object({ secret: z.string() }));
  const siteUrl = process.env['WORDPRESS_URL'] ?? '';
  const account = { platform: 'wordpress', accountId: 'blog' };
  const visitor = await person(chromium);
  const state = await visitor.login({ url: siteUrl, user: { login: 'author1', password: 'author1-password' } });
  await visitor.leave();
  const vault = { password: `vault ${crypto.randomUUID()}`, syncKey: newSyncKey() };
  const worker = await app.get('/api/v1/credential/worker-key', z.object({ public_key: z.string() }));
  let sealed = await sealEnvelope({ ...vault, ...account, state });
  const seal = (purpose: 'publication' | 'analytics') =>
    sealGrant({ ...sealed, purpose, expiresAt: new Date(Date.now() + 86_400_000), workerPublicKey: worker.public_key });

  /** Uploads a login state under a new content key, with grants for analytics and for publications that wait. */
  async function connect(loginState: object, waiting: readonly string[] = []): Promise<void> {
    sealed = await sealEnvelope({ ...vault, ...account, state: loginState });
    const grants = await Promise.all(
      waiting.map(async (id) => ({ publication_id: id, grant: await seal('publication') })),
    );
    const upload = {
      platform: 'wordpress',
      account_id: 'blog',
      site_url: siteUrl,
      envelope: sealed.envelope,
      device_id: 'test',
    };
    const body = { ...upload, analytics_grant: await seal('analytics'), publication_grants: grants };
    await app.post('/api/v1/credential/upload', body, z.unknown());
  }
  await connect(state);
  const { keys } = sealed;

  return {
    app,
    state,
    seal,
    connect,
    /** What nobody but this creator may find. */
    secrets: {
      'log-in password': password,
      'API key': secret,
      'access token': app.token,
      'vault password': vault.password,
      'sync key': vault.syncKey,
      'content key': Buffer.from(keys.contentKey).toString('base64url'),
      'site password': 'author1-password',
    },
    async orderArticle(topic = 'tomatoes'): Promise<string> {
      return (await app.post('/api/v1/agent/create-article', { topic }, startedTask)).task_id;
    },
    article: (id: string) =>
      app.poll({
        path: `/api/v1/agent/task/${id}`,
        answer: articleTask,
        done: ({ status }) => ['ready', 'failed', 'cancelled'].includes(status),
        timeoutMs: 120_000,
      }),
    async publish(more: Partial<typeof content> = {}): Promise<string> {
      const body = { account_id: 'blog', content: { ...content, ...more }, grant: await seal('publication') };
      return (await app.post('/api/v1/publish/wordpress', body, startedTask)).task_id;
    },
    publication: (id: string) =>
      app.poll({
        path: `/api/v1/publish/status/${id}`,
        answer: publicationTask,
        done: ({ final }) => final,
        timeoutMs: 120_000,
      }),
  };
}

export type Creator = Awaited<ReturnType<typeof creator>>;

/** How many posts of this title the site has, whatever their state, asked as its admin. */
export async function postsTitled(title: string): Promise<number> {
  const url = process.env['WORDPRESS_URL'] ?? '';
  const posts = await adminPosts(url);
  return posts.filter((post) => post.title.raw === title || post.title.raw === title.replaceAll('&', '&amp;')).length;
}

async function adminPosts(url: string) {
  const form = new URLSearchParams({ log: 'admin', pwd: 'password', testcookie: '1' });
  const headers = { cookie: 'wordpress_test_cookie=WP%20Cookie%20check' };
  const login = await fetch(`${url}/wp-login.php`, { method: 'POST', body: form, redirect: 'manual', headers });
  const cookie = login.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ');
  const nonce = await (await fetch(`${url}/wp-admin/admin-ajax.php?action=rest-nonce`, { headers: { cookie } })).text();
  const path = '/wp/v2/posts&status=any&context=edit&per_page=100';
  const answer = await fetch(`${url}/?rest_route=${path}`, { headers: { cookie, 'x-wp-nonce': nonce } });
  return z
    .array(z.object({ id: z.number(), status: z.string(), title: z.object({ raw: z.string() }) }))
    .parse(await answer.json());
}
