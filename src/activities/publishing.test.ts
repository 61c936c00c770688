import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { credentialPlace } from '../../test/credential-place.ts';
import type { CredentialPlace } from '../../test/credential-place.ts';
import { createTurns } from '../domain/turns/turns.ts';
import { createMedia } from '../domain/media/media.ts';
import { createPublishing } from '../domain/publishing/publishing.ts';
import { openObjectStorage } from '../infra/object-storage.ts';
import { publishingActivities } from './publishing.ts';

let place: CredentialPlace;
beforeAll(async () => {
  place = await credentialPlace();
});
afterAll(() => place.close());

const now = () => new Date();
const unused = { endpoint: 'http://127.0.0.1:9', accessKey: '-', secretKey: '-', bucket: '-', region: '-' };

test('once the platform was seen not to have the post, it can be cancelled, and the same step may be repeated', async () => {
  const { database, credentials } = place;
  const { config } = place;
  const media = createMedia({ database, objects: openObjectStorage(unused), now });
  const publishing = createPublishing({ database, credentials, media, config, now });
  const turns = createTurns({ database, now });
  const turnRuns = { wake: async () => {}, watch: async () => {}, tell: async () => true, isRunning: async () => true };
  const activities = publishingActivities({ publishing, credentials, turns, turnRuns, now });
  const publicationId = await place.publication(await place.account());
  const { commitRound: round } = await activities.beginRound({ publicationId });
  await publishing.gate.pass(publicationId, round);
  await activities.movePublication({ publicationId, to: 'settling', note: 'looks' });

  await activities.reopenCommit({ publicationId, round });
  await activities.reopenCommit({ publicationId, round });
  await expect(publishing.publications.load(publicationId)).resolves.toMatchObject({
    state: 'publishing',
    commitRound: round + 1,
    commitStartedAt: null,
  });
  await activities.movePublication({ publicationId, to: 'cancelled', note: 'cancelled' });
});
