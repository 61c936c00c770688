import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { Article } from '../../entities/article.ts';
import { Media } from '../../entities/media.ts';
import { User } from '../../entities/user.ts';
import { newId } from '../../infra/ids.ts';
import { openObjectStorage } from '../../infra/object-storage.ts';
import { testPlace } from '../../../test/services.ts';
import type { TestPlace } from '../../../test/services.ts';
import { createMedia } from '../media/media.ts';
import { articleOrder, createArticles } from './articles.ts';
import type { Articles } from './articles.ts';
import type { ArticleStep } from './article.policy.ts';

const now = () => new Date('2026-05-01T10:00:00Z');
const userId = newId('usr');
let place: TestPlace;
let articles: Articles;

/** The language model, as far as articles see it: requests by purpose, and one answer for whatever is asked next. */
const model = { requests: new Map<string, { prompt: string; body: Record<string, unknown> }>(), answer: '' };

const completions = {
  async create({ purpose, request }: { purpose: string; request: Record<string, unknown> }) {
    if (!model.requests.has(purpose)) model.requests.set(purpose, { prompt: JSON.stringify(request), body: request });
    return `completion of ${purpose}`;
  },
  answerOf: async () => model.answer,
};

beforeAll(async () => {
  place = await testPlace();
  const { S3_ENDPOINT: endpoint, S3_ACCESS_KEY: accessKey, S3_SECRET_KEY: secretKey, S3_REGION: region } = place.config;
  const objects = openObjectStorage({ endpoint, accessKey, secretKey, region, bucket: place.config.S3_BUCKET });
  await objects.prepare();
  const media = createMedia({ database: place.database, objects, now });
  articles = createArticles({ database: place.database, completions, media, now });
  const user = { id: userId, email: 'ann@example.com', passwordHash: '-', tierId: 'free', createdAt: now() };
  await place.database.em.fork().insert(User, user);
});

afterAll(() => place.close());
beforeEach(() => model.requests.clear());

const outline = {
  title: 'Good Coffee at Home',
  sections: [
    { heading: 'Beans', point: 'Fresh beans matter.' },
    { heading: 'Water', point: 'It should be hot.' },
  ],
};
const draft =
  '# Good Coffee at Home\n\n## Beans\nFresh beans taste of something, and old ones of very little.\n\n' +
  '## Water\nHot water brings the taste out; boiling water burns it. Wait a minute, then pour it slowly and in circles, so that every bean gets its share.';
const review = {
  title: 'Good Coffee, Made at Home',
  summary: 'What beans and water do to a cup.',
  tags: ['coffee', 'home'],
  verdict: 'accept',
  notes: '',
};

test('an article goes from its order to title, text, tags and a cover', async () => {
  const id = await order({ topic: 'good coffee', style: 'friendly', keywords: ['beans'] });

  await answer(id, 'outline', outline);
  await answer(id, 'draft', draft);
  await expect(answer(id, 'review', review)).resolves.toEqual({ usable: true, redraft: false });
  await articles.illustrate(id);
  await articles.finish(id);

  const article = await articles.get(userId, id);
  expect(article).toMatchObject({ stage: 'ready', title: review.title, summary: review.summary, tags: review.tags });
  expect(article.markdown).toMatch(/^## Beans\n\nFresh .*\n\n## Water\n\nHot/);
  expect(article.finishedAt).toEqual(now());
  const cover = await place.database.em.fork().findOneOrFail(Media, { id: article.coverMediaId ?? '' });
  expect(cover).toMatchObject({ userId, kind: 'cover', contentType: 'image/png' });
});

test('what the user ordered is in the prompts, with the model that was named', async () => {
  const id = await order({ topic: 'good coffee', style: 'friendly', keywords: ['beans', 'water'], model: 'small' });

  await answer(id, 'outline', outline);
  await answer(id, 'draft', draft);
  await articles.ask(id, 'review', 1);

  const [first, second, third] = [...model.requests.values()];
  expect(first?.prompt).toMatch(/good coffee.*friendly.*beans, water/);
  expect(second?.prompt).toMatch(/friendly.*good coffee.*Beans.*Water.*beans, water/);
  expect(third?.prompt).toContain('old ones of very little');
  expect(first?.body).toMatchObject({ model: 'small', response_format: { type: 'json_schema' } });
});

test('every step asked and read twice, as after a crash, leaves one completion and the same article', async () => {
  const id = await order({ topic: 'good coffee' });
  for (const [step, text] of [
    ['outline', outline],
    ['draft', draft],
    ['review', review],
  ] as const) {
    await articles.ask(id, step, 1);
    await answer(id, step, text);
    await answer(id, step, text);
  }
  await Promise.all([articles.illustrate(id), articles.illustrate(id)]);
  const once = await articles.get(userId, id);
  await articles.finish(id);
  await articles.finish(id);

  expect([...model.requests.keys()]).toEqual([`${id}:outline`, `${id}:draft`, `${id}:review`]);
  const twice = await articles.get(userId, id);
  expect({ ...twice }).toEqual({ ...once, stage: 'ready', finishedAt: now() });
});

test('an answer read late, when the article has gone on, changes nothing', async () => {
  const id = await order({ topic: 'good coffee' });
  await answer(id, 'outline', outline);
  await answer(id, 'draft', draft);
  model.answer = JSON.stringify({ ...outline, title: 'Late' });

  await articles.accept(id, 'outline', { completionId: 'late', attempt: 1 });

  await expect(articles.get(userId, id)).resolves.toMatchObject({ title: outline.title, outline });
});

test('an unreadable outline is asked for once more under another purpose, and then made from the topic', async () => {
  const id = await order({ topic: 'good coffee' });

  await expect(answer(id, 'outline', 'I cannot do that.')).resolves.toMatchObject({ usable: false });
  await expect(answerAgain(id, 'outline', '{"title": "Cut o')).resolves.toMatchObject({ usable: true });

  expect([...model.requests.keys()]).toEqual([`${id}:outline`, `${id}:outline:2`]);
  const article = await articles.get(userId, id);
  expect(article.title).toBe('good coffee');
  expect(article.outline?.sections.length).toBeGreaterThanOrEqual(2);
});

test('an outline cut off after its second section is used as far as it came', async () => {
  const id = await order({ topic: 'good coffee' });
  const cutOff = `${JSON.stringify(outline).slice(0, -2)},{"heading":"Cups","po`;

  await expect(answer(id, 'outline', cutOff)).resolves.toMatchObject({ usable: true });
  const { sections } = (await articles.get(userId, id)).outline ?? { sections: [] };
  expect(sections.map(({ heading }) => heading)).toEqual(['Beans', 'Water', 'Cups']);
});

test('a model that answers nothing usable at all still leaves a title, headings, paragraphs and tags', async () => {
  const id = await order({ topic: '好咖啡', keywords: ['豆子'] });
  for (const step of ['outline', 'draft', 'review'] as const) {
    await answer(id, step, '…');
    await answerAgain(id, step, '…');
  }

  const { title, markdown, summary, tags } = await articles.get(userId, id);
  expect(title).toBe('好咖啡');
  expect(markdown).toMatch(/^## 概述\n\n\S.*\n\n## 要点\n\n\S/);
  expect(summary).not.toBe('');
  expect(tags).toEqual(['豆子', '好咖啡']);
});

test('a redraft is asked for with the notes of the review and of our own checks', async () => {
  const id = await order({ topic: 'good coffee' });
  await answer(id, 'outline', outline);
  await answer(id, 'draft', 'Beans should be fresh, and there is nothing more to say about it than that. Really.');

  await expect(answer(id, 'review', { ...review, verdict: 'revise', notes: 'Say more.' })).resolves.toMatchObject({
    redraft: true,
  });
  await answer(id, 'redraft', draft);

  expect(model.requests.get(`${id}:redraft`)?.prompt).toMatch(/Say more\.[^]*Use these headings: Beans; Water\./);
  await expect(articles.get(userId, id)).resolves.toMatchObject({ stage: 'draft', title: review.title });
  expect((await articles.get(userId, id)).markdown).toContain('boiling water burns it');
});

test('a redraft that is worse than the draft is dropped', async () => {
  const id = await order({ topic: 'good coffee' });
  await answer(id, 'outline', outline);
  await answer(id, 'draft', draft);
  await expect(answer(id, 'review', { ...review, verdict: 'revise' })).resolves.toMatchObject({ redraft: true });

  await expect(answer(id, 'redraft', 'Sorry.')).resolves.toEqual({ usable: true, redraft: false });
  expect((await articles.get(userId, id)).markdown).toContain('boiling water burns it');
});

test('an article that has ended stays as it is: nothing is asked, drawn or failed any more', async () => {
  const id = await order({ topic: 'good coffee' });
  await answer(id, 'outline', outline);
  await articles.cancel(id);

  for (const late of [() => articles.ask(id, 'draft', 1), () => articles.illustrate(id), () => articles.finish(id)]) {
    await expect(late()).rejects.toMatchObject({ code: 'too_late' });
  }
  await articles.fail(id, { code: 'upstream_failed', message: 'all models failed' });
  await expect(articles.get(userId, id)).resolves.toMatchObject({ stage: 'cancelled', errorCode: null });
});

test('a failed article says why', async () => {
  const id = await order({ topic: 'good coffee' });
  await articles.fail(id, { code: 'upstream_failed', message: 'all models failed' });

  await expect(articles.get(userId, id)).resolves.toMatchObject({
    stage: 'failed',
    errorCode: 'upstream_failed',
    errorMessage: 'all models failed',
    finishedAt: now(),
  });
});

test("another user's article is not found", async () => {
  const id = await order({ topic: 'good coffee' });

  await expect(articles.get(newId('usr'), id)).rejects.toMatchObject({ code: 'not_found' });
});

test('an order that is rolled back leaves no article', async () => {
  let id = '';
  const rolledBack = place.database.em.fork().transactional(async (em) => {
    id = (await articles.create(em, userId, articleOrder.parse({ topic: 'good coffee' }))).id;
    throw new Error('taken back');
  });

  await expect(rolledBack).rejects.toThrow('taken back');
  await expect(articles.get(userId, id)).rejects.toMatchObject({ code: 'not_found' });
});

async function order(wanted: Record<string, unknown>): Promise<string> {
  const article: Article = await articles.create(place.database.em.fork(), userId, articleOrder.parse(wanted));
  return article.id;
}

/** Asks and reads one step, answered as given. */
const answer = (articleId: string, step: ArticleStep, content: object | string) =>
  exchange({ articleId, step, attempt: 1 }, content);

const answerAgain = (articleId: string, step: ArticleStep, content: string) =>
  exchange({ articleId, step, attempt: 2 }, content);

async function exchange({ articleId, step, attempt }: Asked, content: object | string) {
  const completionId = await articles.ask(articleId, step, attempt);
  model.answer = typeof content === 'string' ? content : JSON.stringify(content);
  return articles.accept(articleId, step, { completionId, attempt });
}

type Asked = { articleId: string; step: ArticleStep; attempt: number };
