import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { noticePlace } from '../../../test/notice-place.ts';
import type { NoticePlace } from '../../../test/notice-place.ts';
import { Notice } from '../../entities/notice.ts';
import { NoticeMail } from '../../entities/notice-mail.ts';
import { Publication } from '../../entities/publication.ts';
import { createLogger } from '../../infra/logger.ts';
import { createCredentials } from '../credentials/credentials.ts';
import { createPublicationEnds } from '../publishing/publication-ends.ts';
import { createPublications } from '../publishing/publications.ts';
import { createFanOut } from './fan-out.ts';
import { noteChange } from './notices.ts';

let place: NoticePlace;
beforeAll(async () => {
  place = await noticePlace();
});
afterAll(() => place.close());

const now = () => new Date();
const logger = createLogger({ level: 'silent', name: 'test' });
const of = (userId: string) => place.database.em.fork().find(Notice, { userId }, { orderBy: { id: 'asc' } });
const fanOut = (mailIsOn = true) => createFanOut({ database: place.database, now, mailIsOn })();

test('each change of state is one notice, and the same move again is none', async () => {
  const userId = await place.user();
  const publication = await place.publication(userId);
  await publication.move('publishing');
  await publication.move('publishing');
  await publication.fail('selector_drift');

  const notices = await of(userId);
  expect(notices.map(({ kind }) => kind)).toEqual([
    'publication.queued',
    'publication.publishing',
    'publication.failed',
  ]);
  expect(notices.at(-1)).toMatchObject({
    subjectId: publication.id,
    payload: {
      publication_id: publication.id,
      state: 'failed',
      platform: 'wordpress',
      title: 'Bees',
      code: 'selector_drift',
    },
  });
  expect(JSON.stringify(notices)).not.toContain('Nobody is told this');
});

test('a code is told of the trouble that a publication is in, and not when it is over', async () => {
  const userId = await place.user();
  const publication = await place.publication(userId);
  await publication.loseLogin();
  await publication.move('queued');
  expect((await of(userId)).map(({ payload }) => payload['code'])).toEqual([null, 'needs_login', null]);
});

test('what a person decides of a publication is told as well', async () => {
  const userId = await place.user();
  const publication = await place.publication(userId);
  await publication.move('publishing');
  await publication.move('unconfirmed');
  const { database } = place;
  const credentials = createCredentials({ database, workerPublicKey: undefined, now, logger });
  const publications = createPublications({ database, now });
  const ends = createPublicationEnds({ database, credentials, publications, now, duplicateMs: 0 });
  await ends.resolve(userId, publication.id, { published: true, postId: '7', url: 'https://blog.example/7' });
  expect((await of(userId)).at(-1)).toMatchObject({
    kind: 'publication.published',
    payload: { url: 'https://blog.example/7', code: null },
  });
});

test('a change that is rolled back leaves no notice', async () => {
  const userId = await place.user();
  const { id } = await place.publication(userId);
  const changed = place.database.em.fork().transactional(async (em) => {
    noteChange(em, await em.findOneOrFail(Publication, id), now());
    await em.flush();
    throw new Error('rolled back');
  });
  await expect(changed).rejects.toThrow('rolled back');
  expect(await of(userId)).toHaveLength(1);
});

test('a transaction that commits later has the higher id, whenever it wrote, and keeps nobody waiting until then', async () => {
  const userId = await place.user();
  const [slow, quick] = [await place.publication(userId), await place.publication(userId)];
  await place.database.em.fork().transactional(async (em) => {
    noteChange(em, await em.findOneOrFail(Publication, slow.id), now());
    await em.flush();
    await quick.move('publishing');
  });
  expect((await of(userId)).slice(-2).map(({ subjectId }) => subjectId)).toEqual([quick.id, slow.id]);
});

test('notices become deliveries to the webhooks that want them, once, whoever does it at the same time', async () => {
  const userId = await place.user();
  const { webhooks } = place.notices;
  const wants = { url: 'https://hooks.example/all', events: null, enabled: true };
  const all = (await webhooks.create(userId, wants)).webhook.id;
  const failed = (await webhooks.create(userId, { ...wants, events: ['publication.failed'] })).webhook.id;
  const off = (await webhooks.create(userId, { ...wants, enabled: false })).webhook.id;
  const stranger = (await webhooks.create(await place.user(), wants)).webhook.id;
  const publication = await place.publication(userId);
  await publication.fail();

  await Promise.all([fanOut(), fanOut(), fanOut()]);
  const eventsOf = async (id: string) => (await place.deliveries(id)).map(({ event }) => event).sort();
  expect(await eventsOf(all)).toEqual(['publication.failed', 'publication.queued']);
  expect(await eventsOf(failed)).toEqual(['publication.failed']);
  expect([...(await eventsOf(off)), ...(await eventsOf(stranger))]).toEqual([]);
  expect((await of(userId)).every(({ dispatchedAt }) => dispatchedAt)).toBe(true);
});

test('e-mail is for what waits for a person, unless the user says otherwise', async () => {
  const [silent, usual, eager] = [await place.user(), await place.user(), await place.user()];
  await place.notices.settings.change(silent, { email: [] });
  await place.notices.settings.change(eager, { email: ['publication.queued'] });
  for (const userId of [silent, usual, eager]) await (await place.publication(userId)).fail();
  await fanOut();

  const mails = await place.database.em.fork().find(NoticeMail, {});
  const kinds = new Map((await place.database.em.fork().find(Notice, {})).map(({ id, kind }) => [id, kind]));
  const mailedTo = (id: string) =>
    mails.filter(({ userId }) => userId === id).map(({ noticeId }) => kinds.get(noticeId));
  expect(mailedTo(silent)).toEqual([]);
  expect(mailedTo(usual)).toEqual(['publication.failed']);
  expect(mailedTo(eager)).toEqual(['publication.queued']);
});

test('what a user does not want sent to webhooks is not, and no mail is written down where there is no mail server', async () => {
  const userId = await place.user();
  await place.notices.settings.change(userId, { webhooks: ['publication.published'] });
  const url = 'https://hooks.example/';
  const { webhook } = await place.notices.webhooks.create(userId, { url, events: null, enabled: true });
  await (await place.publication(userId)).fail();
  await fanOut(false);
  expect(await place.deliveries(webhook.id)).toEqual([]);
  expect(await place.database.em.fork().count(NoticeMail, { userId })).toBe(0);
});
