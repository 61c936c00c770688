import { expect, test } from '@jest/globals';
import { AppError } from '../errors.ts';
import { toFailure } from './failures.ts';

const limit = (details: Record<string, unknown>) =>
  toFailure(
    new AppError('limit_exceeded', 'The limit is reached.', { details: { retry_after_seconds: 30, ...details } }),
  );

test('a limit of the minute is waited for as long as it says', () => {
  expect(limit({})).toMatchObject({ type: 'limit_exceeded', nonRetryable: false, nextRetryDelay: '30s' });
});

test('what a client is told beside the words goes with them', () => {
  const details = { retry_after_seconds: 30, period_quota: true };
  expect(limit(details)).toMatchObject({ details: [details] });
  expect(toFailure(new AppError('not_found', 'There is none.'))).toMatchObject({ details: [] });
});

test('a quota of a day or longer, and a call that no limit will ever let through, end the work and say so', () => {
  expect(limit({ period_quota: true })).toMatchObject({ type: 'limit_exceeded', nonRetryable: true });
  expect(limit({ never_fits: true })).toMatchObject({ type: 'limit_exceeded', nonRetryable: true });
});
