import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startStack } from '../dev/stack/index.ts';
import type { ServerProcess } from '../dev/stack/part.ts';
import type { ProcessName } from '../dev/application.ts';
import { UsageRecord } from '../src/entities/usage-record.ts';
import { Article } from '../src/entities/article.ts';
import { Publication } from '../src/entities/publication.ts';
import { until } from '../dev/stack/until.ts';
import { applicationPlace } from './application-place.ts';
import type { ApplicationPlace } from './application-place.ts';
import { content, creator, postsTitled } from './creator.ts';
import type { Creator } from './creator.ts';

let place: ApplicationPlace;
let temporal: ServerProcess;
let user: Creator;

beforeAll(async () => {
  place = await applicationPlace({
    namespace: 'test-kills',
    // A server of its own, since it is killed too.
    async env(run) {
      const { TEMPORAL_ADDRESS: _, ...environment } = process.env;
      const stack = await startStack({
        run,
        parts: ['temporal'],
        environment,
        temporal: { namespaces: ['test-kills'] },
      });
      const server = stack.parts.temporal?.server;
      if (!server) throw new Error('the test needs a Temporal server that it may kill');
      temporal = server;
      return stack.env;
    },
  });
  user = await creator(place.application.url);
}, 120_000);
afterAll(() => place.close(), 60_000);

/** Every process is killed while an article is at its draft and a publication at its editor, and started again. */
test.each(['api', 'orchestrator', 'llm', 'browser', 'temporal'] as const)(
  'after kill -9 of %s there is one article, one charge for each of its steps, and one post',
  async (victim) => {
    const draft = place.upstream.hold('draft');
    const title = `${content.title} (${victim})`;
    const [articleId, publicationId] = await Promise.all([
      user.orderArticle(`life without ${victim}`),
      user.publish({ title }),
    ]);
    await Promise.all([draft.arrived, reached(publicationId, 'publishing')]);
    await kill(victim);
    draft.release();
    await revive(victim);

    const [article, publication] = await Promise.all([user.article(articleId), user.publication(publicationId)]);
    expect(article).toMatchObject({ status: 'ready', title: 'Tomatoes on a balcony' });
    expect(await chargesOf(articleId)).toEqual(['draft', 'outline', 'review']);
    expect(publication).toMatchObject({ status: 'published' });
    expect(await postsTitled(title)).toBe(1);
  },
  120_000,
);

const kill = (victim: ProcessName | 'temporal') =>
  victim === 'temporal' ? temporal.kill() : place.application.kill(victim);

async function revive(victim: ProcessName | 'temporal'): Promise<void> {
  await (victim === 'temporal' ? temporal.restart() : place.application.restart(victim));
  await place.application.ready();
}

async function reached(publicationId: string, state: Publication['state']): Promise<void> {
  const em = place.services.database.em.fork();
  const seen = async () => (await em.fork().findOneOrFail(Publication, publicationId)).state === state;
  expect(await until(seen, { timeoutMs: 30_000 })).toBe(true);
}

/** The article's steps that were charged, each as often as it was. */
async function chargesOf(articleId: string): Promise<string[]> {
  const em = place.services.database.em.fork();
  const { userId } = await em.findOneOrFail(Article, articleId);
  const purposes = await em.execute<{ id: string; purpose: string }[]>(
    'select id, purpose from completions where user_id = ? and purpose like ?',
    [userId, `${articleId}:%`],
  );
  const stepOf = new Map(purposes.map(({ id, purpose }) => [id, purpose.split(':')[1] ?? '']));
  const requestIds = [...stepOf.keys()];
  const charged = () => em.fork().find(UsageRecord, { requestId: { $in: requestIds }, success: true });
  await until(async () => (await charged()).length >= requestIds.length, { timeoutMs: 20_000 });
  return (await charged()).map(({ requestId }) => stepOf.get(requestId) ?? '').sort();
}
