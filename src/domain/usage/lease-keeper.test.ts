import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { eventually, priced, usagePlace } from '../../../test/usage-place.ts';
import type { UsagePlace } from '../../../test/usage-place.ts';
import { usageKeys } from './hold.ts';

let place: UsagePlace;
beforeAll(async () => {
  place = await usagePlace();
});
afterAll(() => place.close());

test('a call that runs on through an outage longer than its lease keeps its hold as soon as Redis is back', async () => {
  const caller = await place.newCaller({ user: { concurrentRequests: 1 } });
  const cut = await place.another({ leaseMs: 60_000 }); // the timer renews long after this test has ended
  const { hold } = await cut.usage.reserve(priced(caller));
  const release = cut.usage.keep(hold);
  const { leases, holds } = usageKeys(caller.userId);
  const [owner = ''] = (await place.redis.hget(holds, hold.requestId))?.split('|') ?? [];
  cut.redis.disconnect();
  await eventually(() => cut.redis.status === 'end');
  await place.redis.zadd(leases, 1, owner);
  await cut.redis.connect();
  await eventually(async () => Number(await place.redis.zscore(leases, owner)) > Date.now());
  release();
});

test('a call that runs on while Redis loses its memory is put back as soon as Redis is back', async () => {
  const caller = await place.newCaller({ user: { concurrentRequests: 1 } });
  const cut = await place.another({ leaseMs: 60_000 });
  const { hold } = await cut.usage.reserve(priced(caller));
  const release = cut.usage.keep(hold);
  const { leases, holds, epoch, scope } = usageKeys(caller.userId);
  cut.redis.disconnect();
  await eventually(() => cut.redis.status === 'end');
  await place.redis.del(leases, holds, epoch, scope(caller.userId));
  await cut.redis.connect();
  await eventually(async () => (await place.redis.hexists(holds, hold.requestId)) === 1);
  await expect(place.usage.reserve(priced(caller))).rejects.toMatchObject({
    details: { limit: 'concurrent_requests' },
  });
  release();
});
