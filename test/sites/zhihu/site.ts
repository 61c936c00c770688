import { Router } from '@koa/router';
import type { Context } from 'koa';
import { z } from 'zod';
import { fixtureSite, htmlPage } from '../fixture-site.ts';
import type { FixtureSite } from '../fixture-site.ts';
import { loginDesk } from '../login-desk.ts';
import type { LoginDesk } from '../login-desk.ts';
import { bytesOf, jsonOf } from '../request-body.ts';
import { stateOf, zhihuArticles } from './articles.ts';
import type { Article } from './articles.ts';
import { editorPage } from './editor-page.ts';
import type { PublishForm } from './editor-page.ts';
import { articlePage, softNotFoundPage } from './other-pages.ts';
import { captchaPage, signInPage } from './sign-in-page.ts';
import type { SignIn } from './sign-in-page.ts';

/** A site that behaves as zhihu's pages are described. `now` holds its switches, to be turned while it runs. */
export async function openZhihu(switches: Partial<ZhihuSwitches> = {}): Promise<ZhihuSite> {
  const now: ZhihuSwitches = { ...honest, ...switches };
  const articles = zhihuArticles();
  const router = new Router();
  const desk = loginDesk(router, { cookie: 'z_c0', onCaptcha: () => void (now.challenge = null) });

  /** The article that the path names, when it is the account's and the account is here. */
  const own = (context: Context, work: (article: Article) => Promise<void> | void) => {
    const found = articles.find(context['params'].id);
    if (!desk.isIn(context)) context.status = 401;
    else if (found) return work(found);
    else context.status = 404;
  };
  const page = (context: Context, html: () => string | null) => {
    if (now.challenge) return context.redirect('/account/unhuman?type=unhuman');
    if (!desk.isIn(context)) return context.redirect('/signin?next=%2Fwrite');
    const body = html();
    if (body === null) context.status = 404;
    else void Object.assign(context, { type: 'html', body });
  };

  router.get('/signin', (context) => void Object.assign(context, { type: 'html', body: signInPage(now.signIn) }));
  router.get(
    '/account/unhuman',
    (context) => void Object.assign(context, { type: 'html', body: captchaPage(now.challenge ?? 'letters') }),
  );
  router.get('/write', (context) => page(context, () => editorPage(null, now.form)));
  router.get('/creator', (context) => page(context, () => htmlPage('创作中心', '<h1>创作中心</h1>')));
  router.get('/p/:id/edit', (context) =>
    page(context, () => {
      const article = articles.find(context['params'].id);
      return article ? editorPage(article, now.form) : null;
    }),
  );
  router.get('/p/:id', (context) => {
    const article = articles.find(context['params'].id);
    const isLive = article && stateOf(article, now.reviewMs) === 'published' && !now.isHidden;
    context.type = 'html';
    context.body = isLive ? articlePage(article, account.id) : softNotFoundPage;
  });

  router.get('/api/v4/me', (context) => {
    if (desk.isIn(context)) context.body = { id: account.id, name: 'Alice' };
    else context.status = 401;
  });
  router.post('/api/articles/drafts', async (context) => {
    if (!desk.isIn(context)) return void (context.status = 401);
    const article = articles.create();
    Object.assign(article, written.parse(await jsonOf(context.req)));
    context.body = { id: Number(article.id), state: 'draft' };
  });
  router.get('/api/articles/:id/draft', (context) =>
    own(
      context,
      (article) => void (context.body = { ...article, id: Number(article.id), state: stateOf(article, now.reviewMs) }),
    ),
  );
  router.patch('/api/articles/:id/draft', (context) =>
    own(context, async (article) => {
      const saved = written.parse(await jsonOf(context.req));
      Object.assign(article, now.losesSaves ? { title: saved.title } : saved);
      context.body = { id: Number(article.id) };
    }),
  );
  router.put('/api/articles/:id/publish', (context) =>
    own(context, (article) => {
      if (now.publishFault === 'refused before it is stored') return void (context.status = 500);
      articles.publish(article);
      if (now.publishFault === 'answer cut') context.req.socket.destroy();
      if (now.publishFault === 'error page after it is stored') context.status = 502;
      else context.body = { id: Number(article.id), state: stateOf(article, now.reviewMs) };
    }),
  );
  router.post('/api/uploaded_images', async (context) => {
    uploads.push(await bytesOf(context.req));
    context.body = { url: `/uploaded/${uploads.length}.jpg` };
  });
  router.get('/api/v4/creators/analysis/realtime/content/list', (context) => {
    const live = articles.all().filter((article) => stateOf(article, now.reviewMs) === 'published');
    const offset = Number(context.query['offset'] ?? 0);
    const data = live
      .slice(offset, offset + 2)
      .map(({ id }) => ({ content_token: id, pv: Number(id) % 1000, comment: 3 }));
    if (desk.isIn(context)) context.body = { data, paging: { is_end: offset + 2 >= live.length } };
    else context.status = 401;
  });

  const uploads: Buffer[] = [];
  const site = await fixtureSite(router);
  return { ...site, now, desk, login: desk.login, articles: () => articles.all(), uploads };
}

export type ZhihuSwitches = {
  form: PublishForm;
  signIn: SignIn;
  /** Every page leads to a captcha, until it is solved. */
  challenge: 'letters' | 'puzzle' | null;
  /** How long a published article is looked at before it is public. */
  reviewMs: number;
  publishFault: 'none' | 'answer cut' | 'error page after it is stored' | 'refused before it is stored';
  /** Saves keep the title alone. */
  losesSaves: boolean;
  /** Published ones are not to be seen. */
  isHidden: boolean;
};

export type ZhihuSite = FixtureSite & {
  now: ZhihuSwitches;
  desk: LoginDesk;
  login: LoginDesk['login'];
  articles: () => Article[];
  uploads: Buffer[];
};

const honest: ZhihuSwitches = {
  form: 'button',
  signIn: 'qr',
  challenge: null,
  reviewMs: 0,
  publishFault: 'none',
  losesSaves: false,
  isHidden: false,
};

const account = { id: 'alice-0001' };

const written = z.object({ title: z.string(), content: z.string(), titleImage: z.string(), declaration: z.string() });
