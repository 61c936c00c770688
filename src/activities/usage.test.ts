import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { countersOf, priced, spent, usagePlace } from '../../test/usage-place.ts';
import type { UsagePlace } from '../../test/usage-place.ts';
import { usageKeys } from '../domain/usage/hold.ts';
import { AppError } from '../errors.ts';
import { toFailure } from './failures.ts';
import { usageActivities } from './usage.ts';

let place: UsagePlace;
beforeAll(async () => {
  place = await usagePlace();
});
afterAll(() => place.close());

test('lost counters are restored, and doing it again, or twice at once, changes nothing', async () => {
  const { reconcileUsers } = usageActivities(place);
  const caller = await place.newCaller();
  const { hold } = await place.usage.reserve(priced(caller));
  await place.usage.settle(hold, spent());
  const before = await countersOf(place.redis, caller.userId);
  await place.redis.del(usageKeys(caller.userId).scope(caller.userId));

  const page = { after: null, limit: 10 };
  const [one, other] = await Promise.all([reconcileUsers(page), reconcileUsers(page)]);
  expect(one.repaired + other.repaired).toBe(1);
  await expect(reconcileUsers(page)).resolves.toEqual({ scopes: 1, repaired: 0, busy: 0, next: null });
  await expect(countersOf(place.redis, caller.userId)).resolves.toMatchObject({ periods: before.periods });
});

test('while Redis is away the page is tried again later', async () => {
  const cut = await place.another();
  cut.redis.disconnect();
  const failed: unknown = await usageActivities(cut)
    .reconcileUsers({ after: null, limit: 10 })
    .catch((error: unknown) => error);
  expect(failed).toBeInstanceOf(AppError);
  expect(toFailure(failed)).toMatchObject({ type: 'limits_unavailable', nonRetryable: false });
});
