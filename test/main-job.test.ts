import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { z } from 'zod';
import { posts, publicationTask, usageSummary } from '../dev/demo/answers.ts';
import { articleWorkflowId, publishWorkflowId } from '../src/workflows/ids.ts';
import { applicationPlace } from './application-place.ts';
import type { ApplicationPlace } from './application-place.ts';
import { content, creator, postsTitled } from './creator.ts';
import type { Creator } from './creator.ts';
import { cuttingProxy } from './cutting-proxy.ts';
import type { CuttingProxy } from './cutting-proxy.ts';
import { placesWhereItLies } from './secret-scan.ts';

let proxy: CuttingProxy;
let place: ApplicationPlace;
let user: Creator;

beforeAll(async () => {
  proxy = await cuttingProxy();
  place = await applicationPlace({
    namespace: 'test-main-job',
    env: async () => ({ BROWSER_PROXY_URL: proxy.url }),
  });
  user = await creator(place.application.url);
});
afterAll(async () => {
  await place.close();
  await proxy.close();
});

test('an article is written, published as written, and its readers are counted', async () => {
  const article = await user.article(await user.orderArticle());
  expect(article).toMatchObject({ status: 'ready', tags: ['tomatoes', 'balcony'] });

  const id = await user.publish({ title: article.title ?? '', markdown: article.markdown ?? '', tags: article.tags });
  const { platform_post_url: url } = await user.publication(id);
  const page = await (await fetch(url ?? '')).text();
  for (const heading of ['Choose a pot', 'Water at the root', 'Harvest often']) {
    expect(page).toContain(`<h2 class="wp-block-heading">${heading}</h2>`);
  }
  expect(page).toContain('rel="tag">tomatoes</a>');

  await user.app.post('/api/v1/analytics/collect', { platform: 'wordpress', account_id: 'blog' }, z.unknown());
  const seen = await user.app.poll({
    path: '/api/v1/analytics/posts',
    answer: posts,
    done: ({ data }) => data.some((post) => post.publication_id === id && post.collected_at !== null),
    timeoutMs: 60_000,
  });
  expect(seen.data.find((post) => post.publication_id === id)).toMatchObject({ views: 1, comments: 0 });

  const usage = await user.app.poll({
    path: '/api/v1/llm/usage/summary',
    answer: usageSummary,
    done: ({ request_count: count }) => count === 3,
    timeoutMs: 20_000,
  });
  expect(usage).toMatchObject({ total_tokens: 450, total_cost_nanos: 3 * (100 * 1_000 + 50 * 2_000) });
});

test('a publication whose answer was lost is found on the site and not posted again', async () => {
  const title = `${content.title}, lost`;
  proxy.cutAnswersOf(({ method, url }, body) => {
    const isSave = method === 'POST' && /\/wp\/v2\/posts\/\d+/.test(decodeURIComponent(url ?? ''));
    return isSave && body.includes('"status":"publish"');
  });
  const id = await user.publish({ title });
  expect(await user.publication(id)).toMatchObject({ status: 'published' });
  expect(proxy.cuts()).toBeGreaterThan(0);
  const history = z.object({ history: z.array(z.object({ status: z.string() })) });
  const states = (await user.app.get(`/api/v1/publish/status/${id}`, history)).history.map(({ status }) => status);
  proxy.cutAnswersOf(() => false);
  expect(states).toEqual(['queued', 'publishing', 'settling', 'published']);
  expect(await postsTitled(title)).toBe(1);
});

test('a scheduled publication that is cancelled leaves nothing on the site', async () => {
  const title = `${content.title}, cancelled`;
  const body = {
    platform: 'wordpress',
    account_id: 'blog',
    content: { ...content, title },
    grant: await user.seal('publication'),
  };
  const at = new Date(Date.now() + 3_600_000).toISOString();
  const { task_id: id } = await user.app.post(
    '/api/v1/publish/schedule',
    { ...body, scheduled_at: at },
    z.object({ task_id: z.string() }),
  );
  const answer = await user.app.delete(`/api/v1/publish/${id}`, publicationTask);
  expect(answer).toMatchObject({ status: 'cancelled', final: true });
  expect(await postsTitled(title)).toBe(0);
});

test('a publication whose login has expired waits, and goes on when the creator logs in again', async () => {
  const title = `${content.title}, later`;
  await user.connect({ cookies: [], origins: [] });
  const id = await user.publish({ title });
  await user.app.poll({
    path: `/api/v1/publish/status/${id}`,
    answer: publicationTask,
    done: ({ status }) => status === 'needs_login',
    timeoutMs: 60_000,
  });
  await user.connect(user.state, [id]);
  expect(await user.publication(id)).toMatchObject({ status: 'published' });
  expect(await postsTitled(title)).toBe(1);
});

test('no cookie, password, key or token lies anywhere on the server in clear', async () => {
  const articleId = await user.orderArticle('a secret topic of mine');
  await user.article(articleId);
  const publicationId = await user.publish({ title: `${content.title}, secret` });
  await user.publication(publicationId);

  const cookies = user.state.cookies.map(({ value }) => value).filter((value) => value.length > 12);
  expect(cookies.length).toBeGreaterThan(0);
  const secrets = { ...Object.fromEntries(cookies.map((value, n) => [`cookie ${n}`, value])), ...user.secrets };
  const workflowIds = [articleWorkflowId(articleId), publishWorkflowId(publicationId)];
  expect(await placesWhereItLies(secrets, { place, workflowIds })).toEqual([]);
});

test('what people write stands in no workflow history, encrypted or not', async () => {
  const articleId = await user.orderArticle('an unheard-of topic');
  await user.article(articleId);
  const texts = { topic: 'an unheard-of topic', title: 'Tomatoes on a balcony' };
  const lies = await placesWhereItLies(texts, { place, workflowIds: [articleWorkflowId(articleId)] });
  expect(lies.filter((where) => where.includes('history'))).toEqual([]);
});
