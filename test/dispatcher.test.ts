/** From a change of state to the receiver and the mailbox, over processes that are killed. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { noticeActivities } from '../src/activities/notices.ts';
import { createFanOut } from '../src/domain/notices/fan-out.ts';
import { createStartRuns } from '../src/domain/notices/start-runs.ts';
import { NoticeMail } from '../src/entities/notice-mail.ts';
import { Notice } from '../src/entities/notice.ts';
import { WebhookDelivery } from '../src/entities/webhook-delivery.ts';
import { createKeyring } from '../src/infra/keyring.ts';
import { createPayloadCodec } from '../src/infra/temporal/payload-codec.ts';
import { taskQueues } from '../src/workflows/task-queues.ts';
import { createNoticeRuns } from '../src/work/notice-runs.ts';
import { eventually } from './api-place.ts';
import { mailServer } from './mail-server.ts';
import type { MailServer } from './mail-server.ts';
import { answering, newPublication, noticePlace, webhookReceiver } from './notice-place.ts';
import type { NoticePlace, WebhookReceiver } from './notice-place.ts';
import { ensureNamespaceAndSearchAttributes } from '../temporal-config/setup.ts';
import { workflowPlace } from './workflow-place.ts';
import type { WorkflowPlace } from './workflow-place.ts';

const namespace = 'test-dispatcher';
let mails: MailServer;
let receiver: WebhookReceiver;
let place: NoticePlace;
let temporal: WorkflowPlace;

beforeAll(async () => {
  mails = await mailServer();
  receiver = await webhookReceiver();
  place = await noticePlace({
    TEMPORAL_NAMESPACE: namespace,
    SMTP_URL: mails.url,
    MAIL_FROM: 'notices@creator.example',
    WEBHOOK_RETRY_SECONDS: '0,0,0',
  });
  temporal = await workflowPlace({
    namespace,
    activities: { [taskQueues.outside]: noticeActivities(place) },
    codec: createPayloadCodec(createKeyring(place.config.PAYLOAD_KEYS)),
  });
  await ensureNamespaceAndSearchAttributes(temporal.connection, namespace);
});
afterAll(async () => {
  await temporal.close();
  await place.close();
  await receiver.close();
  await mails.close();
});
beforeEach(() => {
  receiver.received.length = 0;
  mails.mails.length = 0;
});

async function subscribed() {
  const userId = await place.user();
  const url = receiver.url;
  const { webhook } = await place.notices.webhooks.create(userId, { url, events: null, enabled: true });
  return { userId, webhookId: webhook.id };
}

/** @returns how to kill it */
function dispatcher(): () => Promise<void> {
  const { DATABASE_URL, SMTP_URL = '', MAIL_FROM = '', TEMPORAL_NAMESPACE } = place.config;
  const env = { ...process.env, DATABASE_URL, SMTP_URL, MAIL_FROM, TEMPORAL_NAMESPACE };
  const child = fork(new URL('dispatcher-main.ts', import.meta.url).pathname, { env, execArgv: ['--no-warnings'] });
  const exited = once(child, 'exit');
  return async () => {
    child.kill('SIGKILL');
    await exited;
  };
}

const die = () => {
  throw new Error('killed');
};

const count = (state: object) => place.database.em.fork().count(WebhookDelivery, state);

test('a dispatcher that is killed again and again loses no notice and sends none twice', async () => {
  const { userId, webhookId } = await subscribed();
  const posts = await Promise.all(Array.from({ length: 50 }, () => newPublication(place.database, userId)));
  for (const enough of [1, 15, 30]) {
    const kill = dispatcher();
    await eventually(async () => (await count({ webhookId, startedAt: { $ne: null } })) >= enough, 20_000);
    await kill();
  }
  await Promise.all(posts.slice(0, 10).map((post) => post.fail()));
  const kill = dispatcher();
  await eventually(async () => (await count({ webhookId, state: 'delivered' })) === 60, 40_000);
  await eventually(() => mails.mails.length >= 10, 20_000);
  await kill();

  const notices = await place.database.em.fork().find(Notice, { userId });
  const heard = receiver.received.map(({ body }) => String(JSON.parse(body).data.notice_id));
  expect(heard.sort()).toEqual(notices.map(({ id }) => String(id)).sort());
  expect(new Set(receiver.received.map(({ headers }) => headers['webhook-id'])).size).toBe(60);
  expect(mails.mails).toHaveLength(10);
});

test('one that dies between the start of a run and the row that says so leaves a run that is not started twice', async () => {
  const { userId, webhookId } = await subscribed();
  const post = await newPublication(place.database, userId);
  await post.fail();
  const options = { database: place.database, now: () => new Date() };
  await createFanOut({ ...options, mailIsOn: true })();
  const real = createNoticeRuns({ temporal: temporal.client });
  const dying = createStartRuns({
    ...options,
    runs: { ...real, deliverWebhook: (id) => real.deliverWebhook(id).then(die) },
  });
  await expect(dying()).rejects.toThrow('killed');
  expect(await count({ webhookId, startedAt: null })).toBe(2);
  const dyingLater = createStartRuns({
    ...options,
    runs: { ...real, mailNotice: (id) => real.mailNotice(id).then(die) },
  });
  await expect(dyingLater()).rejects.toThrow('killed');

  const start = createStartRuns({ ...options, runs: real });
  await Promise.all([start(), start()]);
  expect(await count({ webhookId, startedAt: null })).toBe(0);
  expect(await place.database.em.fork().count(NoticeMail, { startedAt: null })).toBe(0);
  await eventually(async () => (await count({ webhookId, state: 'delivered' })) === 2, 20_000);
  await eventually(
    async () => (await place.database.em.fork().count(NoticeMail, { userId, sentAt: null })) === 0,
    20_000,
  );
  expect(receiver.received).toHaveLength(2);
  expect(mails.mails).toHaveLength(1);
});

test('a receiver that fails is asked until it takes the event, which is in the log once', async () => {
  const { userId, webhookId } = await subscribed();
  receiver.answer = answering(500, 503, 200);
  await newPublication(place.database, userId);
  const kill = dispatcher();
  await eventually(async () => (await count({ webhookId, state: 'delivered' })) === 1, 20_000);
  await kill();
  expect(receiver.received.map(({ headers }) => headers['webhook-id'])).toHaveLength(3);
  expect(new Set(receiver.received.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
  expect(await place.deliveries(webhookId)).toMatchObject([{ attempts: 3, statusCode: 200, state: 'delivered' }]);
});
