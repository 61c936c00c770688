import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { noticePlace } from '../../../test/notice-place.ts';
import type { NoticePlace } from '../../../test/notice-place.ts';
import { Notice } from '../../entities/notice.ts';
import { NoticeMail } from '../../entities/notice-mail.ts';
import { createSweep } from '../../work/sweep.ts';
import { createLogger } from '../../infra/logger.ts';

let place: NoticePlace;
beforeAll(async () => {
  place = await noticePlace({ NOTICE_KEEP_DAYS: '30' });
});
afterAll(() => place.close());

test('what was told long ago is deleted with its e-mail; what is young, or has not left yet, stays', async () => {
  const userId = await place.user();
  const post = await place.publication(userId);
  await post.move('publishing');
  await post.move('published');
  const em = place.database.em.fork();
  const [old, waiting, young] = await em.find(Notice, { userId }, { orderBy: { id: 'asc' } });
  const longAgo = new Date(Date.now() - 31 * 86_400_000);
  await em.nativeUpdate(Notice, { id: old?.id ?? 0 }, { createdAt: longAgo, dispatchedAt: longAgo });
  await em.nativeUpdate(Notice, { id: waiting?.id ?? 0 }, { createdAt: longAgo });
  await em.nativeUpdate(Notice, { id: young?.id ?? 0 }, { dispatchedAt: new Date() });
  await em.insert(NoticeMail, { id: 'eml_1', noticeId: old?.id ?? 0, userId, attempts: 1, createdAt: longAgo });

  await createSweep({ steps: { notices: place.notices.dropOld }, logger: silent }).sweep();
  const left = await place.database.em.fork().find(Notice, { userId }, { orderBy: { id: 'asc' } });
  expect(left.map(({ id }) => id)).toEqual([waiting?.id, young?.id]);
  expect(await place.database.em.fork().count(NoticeMail)).toBe(0);
});

test('a step of the sweep that fails keeps none of the others from its work, and one that is full is repeated', async () => {
  const left = [1_000, 1_000, 7];
  const steps = {
    failing: () => Promise.reject(new Error('the database is away')),
    full: async (limit: number) => Math.min(limit, left.shift() ?? 0),
  };
  await createSweep({ steps, logger: silent }).sweep();
  expect(left).toEqual([]);
});

const silent = createLogger({ level: 'silent', name: 'test' });
