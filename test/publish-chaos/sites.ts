/** Posts as the sites have them, asked as their owners and not by any code of ours. */
import { request } from 'playwright-core';
import { z } from 'zod';
import { ghostOwner } from '../../dev/stack/ghost/owner.ts';

export type SitePost = { title: string; isPublic: boolean };

export type Site = {
  platform: 'wordpress' | 'ghost';
  url: string;
  /** A browser's login state for its n-th account. */
  logIn(n: number): Promise<LoginState>;
  posts(): Promise<SitePost[]>;
};
type LoginState = Awaited<ReturnType<Awaited<ReturnType<typeof request.newContext>>['storageState']>>;

const AUTHORS = 3;

export function wordpressSite(url: string): Site {
  return {
    platform: 'wordpress',
    url,
    async logIn(n) {
      const login = `author${(n % AUTHORS) + 1}`;
      const context = await wordpressSession(url, { log: login, pwd: `${login}-password` });
      const state = await context.storageState();
      await context.dispose();
      return state;
    },
    async posts() {
      const context = await wordpressSession(url, { log: 'admin', pwd: 'password' });
      const nonce = await (await context.get('/wp-admin/admin-ajax.php?action=rest-nonce')).text();
      const found: SitePost[] = [];
      for (let page = 1; ; page += 1) {
        const path = `/wp/v2/posts&status=any&context=edit&per_page=100&page=${page}&_fields=id,status,title`;
        const answer = await context.get(`/?rest_route=${path}`, { headers: { 'x-wp-nonce': nonce } });
        const posts = answer.ok() ? wordpressPosts.parse(await answer.json()) : [];
        found.push(...posts.map(({ status, title }) => ({ title: title.raw, isPublic: status === 'publish' })));
        if (posts.length < 100) break;
      }
      await context.dispose();
      return found;
    },
  };
}

export function ghostSite(url: string): Site {
  return {
    platform: 'ghost',
    url,
    async logIn() {
      const context = await ghostSession(url);
      const state = await context.storageState();
      await context.dispose();
      return state;
    },
    async posts() {
      const context = await ghostSession(url);
      const answer = await context.get('/ghost/api/admin/posts/?limit=all&fields=id,title,status');
      const { posts } = ghostPosts.parse(await answer.json());
      await context.dispose();
      return posts.map(({ title, status }) => ({ title, isPublic: status === 'published' }));
    },
  };
}

const wordpressPosts = z.array(z.object({ status: z.string(), title: z.object({ raw: z.string() }) }));
const ghostPosts = z.object({ posts: z.array(z.object({ title: z.string(), status: z.string() })) });

async function wordpressSession(url: string, form: { log: string; pwd: string }) {
  const context = await request.newContext({ baseURL: url });
  await context.get('/wp-login.php'); // sets the cookie that the form asks for
  const options = { form: { ...form, testcookie: '1' }, maxRedirects: 0 };
  const answer = await context.post('/wp-login.php', options);
  if (answer.status() !== 302) throw new Error(`WordPress refused ${form.log}: ${answer.status()}`);
  return context;
}

async function ghostSession(url: string) {
  const context = await request.newContext({ baseURL: url });
  const data = { username: ghostOwner.email, password: ghostOwner.password };
  const answer = await context.post('/ghost/api/admin/session/', { data, headers: { origin: url } });
  if (!answer.ok()) throw new Error(`Ghost refused ${ghostOwner.email}: ${answer.status()}`);
  return context;
}
