import { join } from 'node:path';
import OpenAI from 'openai';
import { z } from 'zod';
import { newSyncKey, sealEnvelope, sealGrant } from '../../src/client/client.ts';
import type { Envelope, EnvelopeKeys } from '../../src/client/client.ts';
import { articleWorkflowId, collectionWorkflowId, publishWorkflowId } from '../../src/workflows/ids.ts';
import type { LocalInstallation } from '../local-installation.ts';
import { fallbackGroup } from '../local-catalog.ts';
import { articleTask, posts, publicationTask, startedTask, usageByModel, usageSummary } from './answers.ts';
import type { DesktopApp } from './desktop-app.ts';
import { person } from './person.ts';

/** What the steps hand on to each other, and to the summary. */
export type Story = {
  local: LocalInstallation;
  app: DesktopApp;
  topic: string;
  secret?: string;
  chat?: { text: string; model: string; attempts: number };
  envelope?: Envelope;
  keys?: EnvelopeKeys;
  article?: z.infer<typeof articleTask>;
  publication?: z.infer<typeof publicationTask>;
  picture?: string;
  collection?: z.infer<typeof startedTask>;
  post?: z.infer<typeof posts>['data'][number] | undefined;
  usage?: z.infer<typeof usageSummary>;
  byModel?: z.infer<typeof usageByModel>['data'];
};

/** Says what is going on right now, in one line. */
export type Say = (line: string) => void;

export type Step = { title: string; run: (story: Story, say: Say) => Promise<void> };

const PLATFORM = 'wordpress';
const ACCOUNT = 'my-blog';

/** The main job, in the order in which a creator meets it. */
export const steps: readonly Step[] = [
  { title: 'Sign up, and get one key for all models', run: signUp },
  { title: 'Chat through the gateway; the first model is down', run: chat },
  { title: 'Log in to WordPress, hand over the login state encrypted', run: connectAccount },
  { title: 'Let the article be written', run: writeArticle },
  { title: 'Publish it by a real browser', run: publish },
  { title: 'Read it on the site', run: readPost },
  { title: 'Collect its numbers', run: collectNumbers },
  { title: 'See what it cost', run: readUsage },
];

async function signUp(story: Story, say: Say): Promise<void> {
  const email = `creator-${Date.now()}@example.com`;
  await story.app.signUp(email, 'a long enough password');
  const key = await story.app.post(
    '/api/v1/llm/api-keys',
    { name: 'demo' },
    z.object({ secret: z.string(), display_prefix: z.string() }),
  );
  story.secret = key.secret;
  say(`${email}, key ${key.display_prefix}`);
}

async function chat(story: Story, say: Say): Promise<void> {
  const openai = new OpenAI({ baseURL: `${story.app.url}/v1`, apiKey: needed(story.secret), maxRetries: 0 });
  const messages = [{ role: 'user' as const, content: `In one sentence: why write about ${story.topic}?` }];
  const { data, response } = await openai.chat.completions
    .create({ model: fallbackGroup, messages, max_tokens: 60, stream: true })
    .withResponse();
  let text = '';
  for await (const chunk of data) {
    text += chunk.choices[0]?.delta.content ?? '';
    if (process.stdout.isTTY) say(text.replaceAll('\n', ' '));
  }
  const model = response.headers.get('x-model') ?? '';
  const attempts = Number(response.headers.get('x-attempts'));
  story.chat = { text: text.trim(), model, attempts };
  say(`answered by ${model} at attempt ${attempts}: ${text.trim().replaceAll('\n', ' ').slice(0, 80)}…`);
}

async function connectAccount(story: Story, say: Say): Promise<void> {
  const { env, stack } = story.local;
  const user = needed(stack.parts.wordpress?.users?.find(({ login }) => login === 'author1'));
  const site = { url: env['WORDPRESS_URL'] ?? '', user };
  const visitor = await person(env['CHROMIUM_PATH'] ?? '');
  const state = await visitor.login(site);
  await visitor.leave();

  say('encrypts the session on this side, twice');
  const secrets = { password: 'only the creator knows this', syncKey: newSyncKey() };
  const { envelope, keys } = await sealEnvelope({ ...secrets, platform: PLATFORM, accountId: ACCOUNT, state });
  story.envelope = envelope;
  story.keys = keys;
  const body = { platform: PLATFORM, account_id: ACCOUNT, site_url: site.url, envelope, device_id: 'demo' };
  await story.app.post(
    '/api/v1/credential/upload',
    { ...body, analytics_grant: await grant(story, 'analytics') },
    z.unknown(),
  );
  say(`${state.cookies.length} cookies uploaded as ciphertext, with a grant for analytics`);
}

async function grant({ app, envelope, keys }: Story, purpose: 'publication' | 'analytics') {
  const worker = await app.get('/api/v1/credential/worker-key', z.object({ public_key: z.string() }));
  const days = purpose === 'analytics' ? 30 : 1;
  return sealGrant({
    envelope: needed(envelope),
    keys: needed(keys),
    purpose,
    expiresAt: new Date(Date.now() + days * 86_400_000),
    workerPublicKey: worker.public_key,
  });
}

async function writeArticle(story: Story, say: Say): Promise<void> {
  const order = { topic: story.topic, style: 'friendly', keywords: [], model: fallbackGroup };
  const { task_id: id } = await story.app.post('/api/v1/agent/create-article', order, startedTask);
  story.article = await story.app.poll({
    path: `/api/v1/agent/task/${id}`,
    answer: articleTask,
    done: ({ status }) => ['ready', 'failed', 'cancelled'].includes(status),
    timeoutMs: 180_000,
    on: ({ status }) => say(`${status}…`),
  });
  if (story.article.status !== 'ready') throw new Error(`The article ended as ${story.article.status}.`);
  say(`“${story.article.title}”, ${story.article.markdown?.split(/\s+/).length ?? 0} words`);
}

async function publish(story: Story, say: Say): Promise<void> {
  const article = needed(story.article);
  const content = {
    title: article.title,
    markdown: article.markdown,
    tags: article.tags,
    cover_media_id: article.cover_media_id,
    ai_generated: true,
  };
  const body = { account_id: ACCOUNT, content, grant: await grant(story, 'publication') };
  const { task_id: id } = await story.app.post(`/api/v1/publish/${PLATFORM}`, body, startedTask);
  story.publication = await story.app.poll({
    path: `/api/v1/publish/status/${id}`,
    answer: publicationTask,
    done: ({ final, status }) => final || status === 'needs_login',
    timeoutMs: 120_000,
    on: ({ status }) => say(`${status}…`),
  });
  const { status, error, platform_post_url: url } = story.publication;
  if (status !== 'published') throw new Error(`The publication ended as ${status}: ${error?.message ?? ''}`);
  say(`live at ${url}`);
}

async function readPost(story: Story, say: Say): Promise<void> {
  const url = needed(story.publication?.platform_post_url);
  story.picture = join(story.local.run.dataDir, 'demo-post.png');
  const visitor = await person(story.local.env['CHROMIUM_PATH'] ?? '');
  const { heading, coverShown } = await visitor.read(url, story.picture);
  await visitor.leave();
  for (let visits = 0; visits < 2; visits += 1) await (await fetch(url)).body?.cancel(); // two more readers
  say(`heading “${heading}”${coverShown ? ', with its cover' : ''}; picture in ${story.picture}`);
}

async function collectNumbers(story: Story, say: Say): Promise<void> {
  const order = { platform: PLATFORM, account_id: ACCOUNT };
  story.collection = await story.app.post('/api/v1/analytics/collect', order, startedTask);
  const id = needed(story.publication).task_id;
  const seen = await story.app.poll({
    path: '/api/v1/analytics/posts',
    answer: posts,
    done: ({ data }) => data.some((post) => post.publication_id === id && post.collected_at !== null),
    timeoutMs: 60_000,
  });
  story.post = seen.data.find((post) => post.publication_id === id);
  say(`${story.post?.views ?? 0} views, ${story.post?.comments ?? 0} comments`);
}

async function readUsage(story: Story, say: Say): Promise<void> {
  story.usage = await story.app.poll({
    path: '/api/v1/llm/usage/summary?period=month',
    answer: usageSummary,
    done: ({ request_count: count }) => count >= 4,
    timeoutMs: 20_000,
  });
  story.byModel = (await story.app.get('/api/v1/llm/usage/by-model', usageByModel)).data;
  say(
    `${story.usage.total_tokens} tokens in ${story.usage.request_count} requests, ${story.usage.total_cost_nanos} nano-dollars`,
  );
}

/** Links to the runs in the Temporal UI. */
export function runLinks({ local, article, publication, collection }: Story): Record<string, string> {
  const link = (id: string) =>
    `${local.env['TEMPORAL_UI_URL'] ?? ''}/namespaces/default/workflows/${encodeURIComponent(id)}`;
  return {
    ...(article ? { article: link(articleWorkflowId(article.task_id)) } : {}),
    ...(publication ? { publication: link(publishWorkflowId(publication.task_id)) } : {}),
    ...(collection ? { analytics: link(collectionWorkflowId(collection.task_id)) } : {}),
  };
}

function needed<T>(value: T | undefined | null): T {
  if (value === undefined || value === null) throw new Error('an earlier step did not leave what this one needs');
  return value;
}
