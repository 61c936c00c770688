import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
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

const victims = ['api', 'orchestrator', 'llm', 'browser', 'temporal'] as const;

describe('kill -9 in the middle of an article ends in one article and one charge for each step', () => {
  test.each(victims.filter((victim) => victim !== 'browser'))(
    '%s',
    async (victim) => {
      const draft = place.upstream.hold('draft');
      const id = await user.orderArticle(`tomatoes and the ${victim}`);
      await draft.arrived;
      await kill(victim);
      draft.release();
      await revive(victim);

      expect(await user.article(id)).toMatchObject({ status: 'ready', title: 'Tomatoes on a balcony' });
      expect(await chargesOf(id)).toEqual(['draft', 'outline', 'review']);
    },
    120_000,
  );
});

describe('kill -9 in the middle of a publication ends in one post', () => {
  test.each(victims.filter((victim) => victim !== 'llm'))(
    '%s',
    async (victim) => {
      const title = `${content.title} (${victim})`;
      const id = await user.publish({ title });
      await reached(id, 'publishing');
      await kill(victim);
      await revive(victim);

      expect(await user.publication(id)).toMatchObject({ status: 'published' });
      expect(await postsTitled(title)).toBe(1);
    },
    120_000,
  );
});

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
