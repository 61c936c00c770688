import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { Webhook as Verifier } from 'standardwebhooks';
import { answering, noticePlace, webhookReceiver } from '../../../test/notice-place.ts';
import type { NoticePlace, Received, WebhookReceiver } from '../../../test/notice-place.ts';
import { Notice } from '../../entities/notice.ts';
import { createFanOut } from './fan-out.ts';

let place: NoticePlace;
let receiver: WebhookReceiver;
beforeAll(async () => {
  place = await noticePlace({ WEBHOOK_RETRY_SECONDS: '5,60', WEBHOOK_DISABLE_AFTER: '2' });
});
afterAll(() => place.close());
beforeEach(async () => {
  receiver = await webhookReceiver();
});
afterEach(() => receiver.close());

async function subscribed() {
  const userId = await place.user();
  const wanted = { url: receiver.url, events: ['publication.queued' as const], enabled: true };
  const { webhook, secret } = await place.notices.webhooks.create(userId, wanted);
  return {
    userId,
    secret,
    id: webhook.id,
    state: () => place.notices.webhooks.get(userId, webhook.id),
    /** The next event for it. */
    async delivery() {
      await place.publication(userId);
      await createFanOut({ database: place.database, now: () => place.clock.now, mailIsOn: false })();
      return (await place.deliveries(webhook.id)).at(-1)?.id ?? '';
    },
  };
}

const attempt = (deliveryId: string, number = 1) => place.notices.attemptDelivery({ deliveryId, attempt: number });
const rowOf = async (webhookId: string) => (await place.deliveries(webhookId)).at(-1);
const headersOf = ({ headers }: Received) =>
  Object.fromEntries(
    ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map((name) => [name, String(headers[name])]),
  );
const verify = (secret: string, received: Received) => new Verifier(secret).verify(received.body, headersOf(received));

function onlyOne(): Received {
  const [received, ...more] = receiver.received;
  if (!received || more.length > 0) throw new Error(`${receiver.received.length} were received`);
  return received;
}

test('the official verifier takes what is delivered, and refuses it when a byte of it was changed', async () => {
  const hook = await subscribed();
  const deliveryId = await hook.delivery();
  expect(await attempt(deliveryId)).toEqual({ state: 'delivered' });

  const received = onlyOne();
  expect(received.headers['webhook-id']).toBe(deliveryId);
  expect(verify(hook.secret, received)).toMatchObject({
    type: 'publication.queued',
    timestamp: expect.any(String),
    data: { state: 'queued', platform: 'wordpress', title: 'Bees', notice_id: expect.any(String) },
  });
  expect(() => verify(hook.secret, { ...received, body: received.body.replace('Bees', 'Wasp') })).toThrow();
});

test('while a secret is being replaced, receivers with the old and with the new one both verify; a day later only the new', async () => {
  const hook = await subscribed();
  const { secret } = await place.notices.webhooks.rotateSecret(hook.userId, hook.id);
  await attempt(await hook.delivery());
  for (const one of [hook.secret, secret]) expect(verify(one, onlyOne())).toMatchObject({ type: 'publication.queued' });

  const began = place.clock.now;
  place.clock.now = new Date(began.getTime() + 86_400_001);
  receiver.received.length = 0;
  await attempt(await hook.delivery());
  place.clock.now = began;
  expect(String(onlyOne().headers['webhook-signature']).split(' ')).toHaveLength(1);
});

test('an attempt that failed says when the next one is due; the one that arrives is written down once', async () => {
  const hook = await subscribed();
  receiver.answer = answering(503, 200);
  const deliveryId = await hook.delivery();
  const first = await attempt(deliveryId);
  const waitMs = first.state === 'pending' ? first.waitMs : 0;
  expect(waitMs).toBeGreaterThanOrEqual(5_000);
  expect(waitMs).toBeLessThanOrEqual(5_500);
  expect(await rowOf(hook.id)).toMatchObject({ state: 'pending', attempts: 1, statusCode: 503 });

  expect(await attempt(deliveryId, 1)).toMatchObject({ state: 'pending' });
  expect(receiver.received).toHaveLength(1);
  expect(await attempt(deliveryId, 2)).toEqual({ state: 'delivered' });
  expect(await attempt(deliveryId, 2)).toEqual({ state: 'delivered' });
  expect(receiver.received).toHaveLength(2);
  expect(await rowOf(hook.id)).toMatchObject({ state: 'delivered', attempts: 2, statusCode: 200, nextAttemptAt: null });
});

test('what fails at every attempt has failed, and too many in a row disable the webhook and tell its owner', async () => {
  const hook = await subscribed();
  receiver.answer = answering(500);
  for (const _ of [1, 2]) {
    expect((await hook.state()).enabled).toBe(true);
    const deliveryId = await hook.delivery();
    for (const number of [1, 2]) expect(await attempt(deliveryId, number)).toMatchObject({ state: 'pending' });
    expect(await attempt(deliveryId, 3)).toEqual({ state: 'failed' });
  }
  expect(await hook.state()).toMatchObject({ enabled: false, disabledReason: 'failing' });
  const told = await place.database.em.fork().find(Notice, { userId: hook.userId, kind: 'webhook.disabled' });
  expect(told).toMatchObject([{ subjectId: hook.id, payload: { code: 'failing' } }]);
});

test('a delivery that arrives ends the row of failures', async () => {
  const hook = await subscribed();
  receiver.answer = answering(500, 500, 500, 200);
  for (const number of [1, 2, 3]) await attempt(await hook.delivery(), number);
  const last = await hook.delivery();
  await attempt(last);
  expect(await hook.state()).toMatchObject({ enabled: true });
});

test('410 disables the webhook at once, and what still waits for it is not sent', async () => {
  const hook = await subscribed();
  receiver.answer = answering(410);
  const [first, second] = [await hook.delivery(), await hook.delivery()];
  expect(await attempt(first)).toEqual({ state: 'failed' });
  expect(await hook.state()).toMatchObject({ enabled: false, disabledReason: 'gone' });
  expect(await attempt(second)).toEqual({ state: 'failed' });
  expect(receiver.received).toHaveLength(1);
});

test('a test is sent once, also to a disabled webhook, and counts for nothing', async () => {
  const hook = await subscribed();
  await place.notices.webhooks.change(hook.userId, hook.id, { enabled: false });
  receiver.answer = answering(500);
  const of = { userId: hook.userId, webhookId: hook.id };
  const { id } = await place.notices.deliveries.test(of);
  await expect(place.notices.deliveries.test(of)).rejects.toMatchObject({ code: 'conflict' });
  expect(await attempt(id)).toEqual({ state: 'failed' });
  expect(verify(hook.secret, onlyOne())).toMatchObject({ type: 'webhook.test', data: { webhook_id: hook.id } });
  expect(await hook.state()).toMatchObject({ consecutiveFailures: 0 });
});

test('a delivery whose webhook was deleted ends', async () => {
  const hook = await subscribed();
  const deliveryId = await hook.delivery();
  await place.notices.webhooks.remove(hook.userId, hook.id);
  expect(await attempt(deliveryId)).toEqual({ state: 'gone' });
});

test('a secret is in the database only sealed', async () => {
  const hook = await subscribed();
  const rows = await place.database.em.fork().execute('select * from webhooks where id = ?', [hook.id]);
  expect(JSON.stringify(rows)).not.toContain(hook.secret.slice('whsec_'.length));
});
