import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Media } from '../../entities/media.ts';
import { User } from '../../entities/user.ts';
import { newId } from '../../infra/ids.ts';
import { openObjectStorage } from '../../infra/object-storage.ts';
import { testPlace } from '../../../test/services.ts';
import type { TestPlace } from '../../../test/services.ts';
import { createMedia } from './media.ts';
import type { MediaStore } from './media.ts';

let place: TestPlace;
let media: MediaStore;
const [ann, bob] = [newId('usr'), newId('usr')];
const now = () => new Date('2026-05-01T10:00:00Z');
const picture = (text: string) => ({ kind: 'cover', bytes: Buffer.from(text), contentType: 'image/png' }) as const;

beforeAll(async () => {
  place = await testPlace();
  const { S3_ENDPOINT: endpoint, S3_ACCESS_KEY: accessKey, S3_SECRET_KEY: secretKey, S3_REGION: region } = place.config;
  const objects = openObjectStorage({ endpoint, accessKey, secretKey, region, bucket: place.config.S3_BUCKET });
  await objects.prepare();
  media = createMedia({ database: place.database, objects, now });
  for (const id of [ann, bob]) {
    const user = { id, email: `${id}@example.com`, passwordHash: '-', tierId: 'free', createdAt: now() };
    await place.database.em.fork().insert(User, user);
  }
});

afterAll(() => place.close());

test('what is stored is loaded byte by byte, under a name with the right ending', async () => {
  const { id } = await media.store({ userId: ann, ...picture('one') });

  await expect(media.load(id)).resolves.toEqual({
    name: `${id}.png`,
    contentType: 'image/png',
    bytes: Buffer.from('one'),
  });
});

test('the same id stored twice, even at once, is one row, and the first bytes stay', async () => {
  const id = newId('med');
  await media.store({ id, userId: ann, ...picture('first') });
  await Promise.all([1, 2, 3].map(() => media.store({ id, userId: ann, ...picture('second') })));

  await expect(place.database.em.fork().count(Media, { id })).resolves.toBe(1);
  expect((await media.load(id)).bytes.toString()).toBe('first');
});

test("nobody stores under another user's media id", async () => {
  const { id } = await media.store({ userId: ann, ...picture('one') });

  await expect(media.store({ id, userId: bob, ...picture('two') })).rejects.toMatchObject({ code: 'conflict' });
});

test('a link reads the object without credentials, and only its owner gets one', async () => {
  const { id } = await media.store({ userId: ann, ...picture('shown') });

  const answer = await fetch(await media.link(ann, id, 60));
  expect([answer.headers.get('content-type'), await answer.text()]).toEqual(['image/png', 'shown']);
  await expect(media.link(bob, id, 60)).rejects.toMatchObject({ code: 'not_found' });
  await expect(media.load('med_absent')).rejects.toMatchObject({ code: 'not_found' });
});
