import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Media } from '../../entities/media.ts';
import { openObjectStorage } from '../../infra/object-storage.ts';
import { createMedia } from '../media/media.ts';
import { createPublicationEvidence } from './publication-evidence.ts';
import { apiPlace } from '../../../test/api-place.ts';
import type { ApiPlace } from '../../../test/api-place.ts';
import { blogger } from '../../../test/blogger.ts';
import type { Blogger } from '../../../test/blogger.ts';

const worker = await blogger.worker();
let place: ApiPlace;
let ann: Blogger;
let at: Date;

beforeAll(async () => {
  place = await apiPlace({ workerPublicKey: worker.publicKey });
  ann = await blogger(place, worker);
});
afterAll(() => place.close());

function evidence() {
  const { config, database } = place;
  const { S3_ENDPOINT: endpoint, S3_ACCESS_KEY: accessKey, S3_SECRET_KEY: secretKey, S3_REGION: region } = config;
  const objects = openObjectStorage({ endpoint, accessKey, secretKey, region, bucket: config.S3_BUCKET });
  const media = createMedia({ database, objects, now: () => at });
  return createPublicationEvidence({ database, media, now: () => at, days: 30 });
}
const seen = (publicationId: string) => {
  return { userId: ann.userId, publicationId, phase: 'commit', at, contentType: 'image/jpeg' } as const;
};

test('evidence stands in the status in the order in which it was seen, each with a link that reads it', async () => {
  at = new Date();
  const id = await ann.publish({ title: 'Seen' });
  const keeper = evidence();
  await keeper.keep({ ...seen(id), kind: 'after', at: new Date(at.getTime() + 1_000), bytes: Buffer.from('later') });
  await keeper.keep({ ...seen(id), kind: 'before', phase: 'prepare', bytes: Buffer.from('earlier') });

  const { body } = await ann.asUser(`GET /api/v1/publish/status/${id}`);
  expect(body).toMatchObject({
    evidence: [
      { kind: 'before', phase: 'prepare', at: at.toISOString(), url: expect.any(String) },
      { kind: 'after', phase: 'commit', expires_at: new Date(at.getTime() + 30 * 86_400_000 + 1_000).toISOString() },
    ],
  });
  const [before] = await evidence().ofAnyone(id);
  expect(await (await fetch(before?.url ?? '')).text()).toBe('earlier');
});

test('evidence that has expired is shown no more, and is deleted with its object', async () => {
  at = new Date(Date.now() - 31 * 86_400_000);
  const id = await ann.publish({ title: 'Forgotten' });
  await evidence().keep({ ...seen(id), kind: 'before', bytes: Buffer.from('old') });
  const [old] = await evidence().ofAnyone(id);
  const mediaOf = () => place.database.em.fork().count(Media, { userId: ann.userId, kind: 'evidence' });
  const before = await mediaOf();

  at = new Date();
  await expect(evidence().ofAnyone(id)).resolves.toEqual([]);
  await expect(evidence().sweep(10)).resolves.toBe(1);
  await expect(evidence().sweep(10)).resolves.toBe(0);
  expect(await mediaOf()).toBe(before - 1);
  expect((await fetch(old?.url ?? '')).status).toBe(404);
});
