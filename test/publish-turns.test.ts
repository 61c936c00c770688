/** A short slice of two lines of `npm run chaos -- publish`. */
import { expect, test } from '@jest/globals';
import { fairness, turns } from './publish-chaos/turns.ts';

test('jobs that are all due at once never overlap on one account, and keep gaps and caps', async () => {
  const { seen, holds } = await turns({ jobs: 60, accounts: 10, workers: 3, namespace: 'test-turns' });
  expect(holds ? 'holds' : seen).toBe('holds');
});

test('who has one job lets at most two jobs a slot go first, however many another user has', async () => {
  const load = { jobs: 80, accounts: 40, workers: 2, jobMs: 800, guests: 2 };
  const { seen, isFair } = await fairness({ ...load, namespace: 'test-fairness' });
  expect(isFair ? 'fair' : seen).toBe('fair');
});
