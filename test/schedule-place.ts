/** Set-up of tests about time: accounts with sealed credentials, the schedule over real rows, and a clock to move. */
import { sealGrant } from '../src/client/client.ts';
import { createMedia } from '../src/domain/media/media.ts';
import { createPublishing } from '../src/domain/publishing/publishing.ts';
import { createSchedule } from '../src/domain/schedule/schedule.ts';
import { openObjectStorage } from '../src/infra/object-storage.ts';
import { credentialPlace } from './credential-place.ts';
import type { SealedAccount } from './credential-place.ts';

export const content = {
  title: 'Bees',
  markdown: 'They *dance*.',
  tags: [],
  cover_media_id: null,
  ai_generated: false,
};

export async function schedulePlace() {
  const place = await credentialPlace();
  const { database, credentials, clock, config } = place;
  const now = () => clock.now;
  const objects = openObjectStorage({
    endpoint: config.S3_ENDPOINT,
    accessKey: config.S3_ACCESS_KEY,
    secretKey: config.S3_SECRET_KEY,
    bucket: config.S3_BUCKET,
    region: config.S3_REGION,
  });
  const publishing = createPublishing({
    database,
    credentials,
    media: createMedia({ database, objects, now }),
    config,
    now,
  });
  const schedule = createSchedule({ database, credentials, publishing, now, lateMs: 3_600_000 });

  return {
    ...place,
    publishing,
    publications: publishing.publications,
    schedule,
    name,

    recur: (account: SealedAccount, change: Partial<Parameters<typeof schedule.recurring.create>[0]> = {}) =>
      schedule.recurring.create({
        ...name(account),
        content,
        rule: { rrule: 'FREQ=DAILY;COUNT=3', startsAt: '2026-01-02T09:00', zone: 'Europe/Berlin' },
        grants: [],
        idempotencyKey: null,
        begin: async () => {},
        ...change,
      }),

    sealedFor: ({ envelope, keys }: SealedAccount, expiresAt = new Date('2026-02-01T00:00:00Z')) =>
      sealGrant({ envelope, keys, purpose: 'publication', expiresAt, workerPublicKey: place.worker.publicKey }),
  };
}

const name = ({ userId }: SealedAccount) => ({ userId, platform: 'wordpress', accountId: 'my-blog' });

export type SchedulePlace = Awaited<ReturnType<typeof schedulePlace>>;
