// npm run chaos [-- application --minutes N --seed N]: kills at random moments while articles and publications are ordered;
// then counts. Prints the seed, so that a bad run can be repeated as far as timing allows.
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { content, creator, postsTitled } from '../../test/creator.ts';
import type { Creator } from '../../test/creator.ts';
import { killPlace, victims } from '../../test/kill-place.ts';
import type { KillPlace } from '../../test/kill-place.ts';
import { testNamespaces } from '../../test/namespaces.ts';
import { articleTask, publicationTask } from '../demo/answers.ts';
import { seeded } from './seeded.ts';
import { openRun, StackError, startStack, stopOnSignals } from '../stack/index.ts';

const { values } = parseArgs({
  allowPositionals: true,
  options: {
    minutes: { type: 'string', default: '10' },
    seed: { type: 'string', default: String(Date.now() % 100_000) },
  },
});
const random = seeded(Number(values.seed));

/** A publication takes about so long where nothing else is at work. */
const LONGEST_WAIT_MS = 4_000;

type Outcome = {
  round: number;
  victim: string;
  afterMs: number;
  /** What was under way when the kill struck: a kill after the end proves little. */
  struck: string;
  article: string;
  charges: string;
  publication: string;
  posts: number;
};

try {
  const run = await openRun({ dataDir: '.data/chaos', fresh: true });
  stopOnSignals(() => run.close());
  const parts = ['temporal', 'postgres', 'redis', 'object-storage', 'chromium', 'wordpress'] as const;
  const stack = await startStack({ run, parts, temporal: { namespaces: testNamespaces } });
  Object.assign(process.env, stack.env, { TEST_DATA_DIR: run.dataDir });
  const outcomes = await rounds();
  await run.close();
  const bad = outcomes.filter((outcome) => !isGood(outcome));
  const struck = outcomes.filter((outcome) => outcome.struck !== '');
  const kills = `${outcomes.length} kills, ${struck.length} of them in the middle of work`;
  process.stdout.write(`seed ${values.seed}: ${kills}, ${bad.length} violations\n`);
  process.exit(bad.length === 0 ? 0 : 1);
} catch (error) {
  process.stderr.write(
    `${error instanceof StackError ? error.message : String(error instanceof Error ? error.stack : error)}\n`,
  );
  process.exit(1);
}

async function rounds(): Promise<Outcome[]> {
  const place = await killPlace();
  const user = await creator(place.application.url);
  const outcomes: Outcome[] = [];
  for (const end = Date.now() + Number(values.minutes) * 60_000; Date.now() < end;) {
    const outcome = await killOnce(place, user, outcomes.length + 1);
    outcomes.push(outcome);
    process.stdout.write(`${isGood(outcome) ? 'ok ' : 'BAD'} ${JSON.stringify(outcome)}\n`);
  }
  await place.close();
  return outcomes;
}

/** Orders one article and one publication, kills somebody within the next seconds, and waits for both to end. */
async function killOnce(place: KillPlace, user: Creator, round: number): Promise<Outcome> {
  const victim = victims[Math.floor(random() * victims.length)] ?? 'api';
  const afterMs = Math.round(random() * LONGEST_WAIT_MS);
  const title = `${content.title}, chaos ${values.seed} ${round}`;
  const [articleId, publicationId] = await Promise.all([user.orderArticle(`chaos ${round}`), user.publish({ title })]);
  await sleep(afterMs);
  const struck = await underWay(user, { articleId, publicationId });
  await place.kill(victim);
  await place.revive(victim);
  const [article, publication] = await Promise.all([user.article(articleId), user.publication(publicationId)]);
  return {
    round,
    victim,
    afterMs,
    struck,
    article: article.status,
    charges: (await place.chargesOf(articleId)).join(' '),
    publication: publication.status,
    posts: await postsTitled(title),
  };
}

type Ordered = { articleId: string; publicationId: string };

async function underWay({ app }: Creator, { articleId, publicationId }: Ordered): Promise<string> {
  const article = await app.get(`/api/v1/agent/task/${articleId}`, articleTask);
  const publication = await app.get(`/api/v1/publish/status/${publicationId}`, publicationTask);
  return [article.status === 'ready' ? [] : article.status, publication.final ? [] : publication.status]
    .flat()
    .join(' ');
}

function isGood({ article, charges, publication, posts }: Outcome): boolean {
  return article === 'ready' && charges === 'draft outline review' && publication === 'published' && posts === 1;
}
