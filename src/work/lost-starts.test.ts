import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { apiPlace } from '../../test/api-place.ts';
import type { ApiPlace } from '../../test/api-place.ts';
import { blogger } from '../../test/blogger.ts';
import { createPublications } from '../domain/publishing/publications.ts';
import { Publication } from '../entities/publication.ts';
import { createLogger } from '../infra/logger.ts';
import { createLostStarts } from './lost-starts.ts';
import { createWork } from './work.ts';

const worker = await blogger.worker();
let place: ApiPlace;
beforeAll(async () => {
  place = await apiPlace({ starts: true, workerPublicKey: worker.publicKey });
});
afterAll(() => place.close());

const now = () => new Date(Date.now() + 60_000);

test('a row whose run was never started is started once, and one that is followed is left alone', async () => {
  const { database, temporal } = place;
  const person = await blogger(place, worker);
  const [lost, followed] = [await person.publish({ title: 'Lost' }), await person.publish({ title: 'Followed' })];
  const runOf = (id: string) => temporal.workflow.getHandle(`publish:${id}`);
  await runOf(lost).terminate('as if it had never been started');
  await runOf(followed).terminate();
  const publications = createPublications({ database, now });
  await publications.claimRun(followed, 'run-1');
  const logger = createLogger({ level: 'silent', name: 'test' });
  const { look } = createLostStarts({ publications, work: createWork({ temporal, logger }), now, logger });

  await Promise.all([look(), look()]);
  expect((await runOf(lost).describe()).status.name).toBe('RUNNING');
  expect((await runOf(followed).describe()).status.name).toBe('TERMINATED');
  await database.em.fork().nativeUpdate(Publication, { id: lost }, { runStartedAt: now() });
  await expect(look()).resolves.toBe(0);
});
