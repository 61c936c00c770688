/** Users with publications that change their states, and a server that takes what webhooks send. */
import { createServer } from 'node:http';
import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { createNotices } from '../src/domain/notices/notices.ts';
import { createPublications } from '../src/domain/publishing/publications.ts';
import { PlatformAccount } from '../src/entities/platform-account.ts';
import { WebhookDelivery } from '../src/entities/webhook-delivery.ts';
import type { Database } from '../src/infra/database.ts';
import { newId } from '../src/infra/ids.ts';
import { createKeyring } from '../src/infra/keyring.ts';
import { createLogger } from '../src/infra/logger.ts';
import { listening } from './listening.ts';
import { testUser } from './rows.ts';
import { testPlace } from './services.ts';

export async function noticePlace(settings: Record<string, string> = {}) {
  const place = await testPlace(settings);
  const { config, database } = place;
  const clock = { now: new Date() };
  const logger = createLogger({ level: 'silent', name: 'test' });
  const keyring = createKeyring(config.ENCRYPTION_KEYS);
  const notices = createNotices({ database, keyring, config, logger, now: () => clock.now });
  return {
    ...place,
    clock,
    notices,
    user: async () => (await testUser(database.em.fork())).id,
    publication: (userId: string) => newPublication(database, userId),
    deliveries: (webhookId: string) =>
      database.em.fork().find(WebhookDelivery, { webhookId }, { orderBy: { id: 'asc' } }),
    async close() {
      await notices.close();
      await place.close();
    },
  };
}

export type NoticePlace = Awaited<ReturnType<typeof noticePlace>>;

/** A publication that is queued, and how to move it on. */
export async function newPublication(database: Database, userId: string, title = 'Bees') {
  const publications = createPublications({ database, now: () => new Date() });
  const em = database.em.fork();
  const id = newId('acc');
  const account = { id, userId, platform: 'wordpress', externalId: id, createdAt: new Date() };
  await em.persist(em.create(PlatformAccount, account)).flush();
  const content = { title, markdown: 'Nobody is told this.', tags: [], coverMediaId: null, aiGenerated: false };
  const row = { userId, accountId: id, platform: 'wordpress', content, scheduledAt: null, state: 'queued' as const };
  const publication = await publications.add(em, row);
  return {
    id: publication.id,
    move: (to: 'publishing' | 'published' | 'queued' | 'unconfirmed') =>
      publications.move(publication.id, { to, note: to }),
    loseLogin: () =>
      publications.move(publication.id, { to: 'needs_login', note: 'logged out', errorCode: 'needs_login' }),
    fail: (errorCode = 'selector_drift') =>
      publications.move(publication.id, { to: 'failed', note: 'failed', errorCode, errorMessage: 'no title field' }),
  };
}

export type Received = { headers: IncomingHttpHeaders; body: string };

/** Takes posts; `answer` may be replaced. */
export async function webhookReceiver() {
  const receiver = {
    received: new Array<Received>(),
    answer: (response: ServerResponse, _received: Received): unknown => response.end('thanks'),
  };
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const received = { headers: request.headers, body };
      receiver.received.push(received);
      receiver.answer(response, received);
    });
  });
  const url = `http://127.0.0.1:${await listening(server)}/hook?from=us`;
  return Object.assign(receiver, {
    url,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => void server.close(resolve));
    },
  });
}

export type WebhookReceiver = Awaited<ReturnType<typeof webhookReceiver>>;

/** Answers with these statuses, one after the other, and with the last one from then on. */
export function answering(...statuses: number[]) {
  const left = [...statuses];
  return (response: ServerResponse) => {
    response.statusCode = (left.length > 1 ? left.shift() : left[0]) ?? 200;
    response.end();
  };
}
