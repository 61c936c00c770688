/** The whole application with a Temporal server of its own, in which anything may be killed and started again. */
import type { Application, ProcessName } from '../dev/application.ts';
import { startStack } from '../dev/stack/index.ts';
import type { Run } from '../dev/stack/index.ts';
import { signalGroup } from '../dev/stack/owned-process.ts';
import type { ServerProcess } from '../dev/stack/part.ts';
import { until } from '../dev/stack/until.ts';
import { createSessionRegistry } from '../src/domain/browsers/session-registry.ts';
import { Article } from '../src/entities/article.ts';
import { Publication } from '../src/entities/publication.ts';
import { UsageRecord } from '../src/entities/usage-record.ts';
import { applicationPlace } from './application-place.ts';
import type { ApplicationPlace } from './application-place.ts';
import { childrenOf } from './children-of.ts';

export const victims = ['api', 'orchestrator', 'llm', 'browser', 'temporal', 'chromium'] as const;
export type Victim = (typeof victims)[number];

/** @param settings for the processes, on top of the test's own */
export async function killPlace(settings: (run: Run) => Promise<Record<string, string>> = async () => ({})) {
  let temporal: ServerProcess | undefined;
  const place = await applicationPlace({
    namespace: 'test-kills',
    async env(run) {
      const started = await ownTemporal(run);
      temporal = started.server;
      return { ...started.env, ...(await settings(run)) };
    },
  });
  const { application } = place;
  return {
    ...place,
    /** As `kill -9` does. */
    async kill(victim: Victim): Promise<void> {
      if (victim === 'temporal') await temporal?.kill();
      else if (victim === 'chromium') killChildren(application.processes.browser.pid);
      else await application.kill(victim);
    },
    /** Starts it again as a supervisor would; Chromium has none, its worker has to do that. */
    async revive(victim: Victim): Promise<void> {
      if (victim === 'temporal') await temporal?.restart();
      else if (victim !== 'chromium') await restarted(application, victim);
      await application.ready();
      if (victim === 'browser') await registered(place);
    },
    reached: (publicationId: string, state: Publication['state']) => reached(place, publicationId, state),
    chargesOf: (articleId: string) => chargesOf(place, articleId),
  };
}

export type KillPlace = Awaited<ReturnType<typeof killPlace>>;

async function ownTemporal(run: Run) {
  const { TEMPORAL_ADDRESS: _, ...environment } = process.env;
  const stack = await startStack({ run, parts: ['temporal'], environment, temporal: { namespaces: ['test-kills'] } });
  const server = stack.parts.temporal?.server;
  if (!server) throw new Error('a Temporal server of our own is needed: one that may be killed');
  return { server, env: stack.env };
}

/** The browser worker has no other child than Chromium, which leads a process group of its own. */
function killChildren(pid: number): void {
  for (const child of childrenOf(pid)) signalGroup(child, 'SIGKILL');
}

/** A process that finds Temporal not yet there ends at once, and a supervisor starts it again. */
async function restarted(application: Application, name: ProcessName): Promise<void> {
  await application.restart(name);
  await until(
    async () => {
      if (!application.processes[name].running) await application.restart(name);
      const answer = await fetch(`${application.url}/readyz`).catch(() => undefined);
      await answer?.body?.cancel();
      return answer?.status === 200;
    },
    { timeoutMs: 120_000, everyMs: 200 },
  );
}

/** Task queues remember the pollers of a worker that was killed; the registry knows the new one by its process. */
async function registered({ services, application }: ApplicationPlace): Promise<void> {
  const registry = createSessionRegistry(services.redis, { leaseMs: 9_000 });
  const isThere = async () => {
    const workers = await registry.workers();
    return workers.some(({ workerId }) => workerId.includes(`-${application.processes.browser.pid}-`));
  };
  if (!(await until(isThere, { timeoutMs: 60_000 }))) throw new Error('the browser worker did not come back');
}

async function reached(
  { services }: ApplicationPlace,
  publicationId: string,
  state: Publication['state'],
): Promise<void> {
  const em = services.database.em.fork();
  const seen = async () => (await em.fork().findOneOrFail(Publication, publicationId)).state === state;
  if (!(await until(seen, { timeoutMs: 30_000 }))) throw new Error(`${publicationId} did not become ${state}`);
}

/** The article's steps that were charged, each as often as it was. */
async function chargesOf({ services }: ApplicationPlace, articleId: string): Promise<string[]> {
  const em = services.database.em.fork();
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
