import { expect, test } from '@jest/globals';
import { ActivityFailure, TimeoutFailure } from '@temporalio/common';
import type { TimeoutType } from '@temporalio/common';
import { failureOf, isPassing } from './failure-of.ts';

const afterTimeout = (type: TimeoutType) => {
  const cause = new TimeoutFailure('timed out', undefined, type);
  return failureOf(new ActivityFailure('failed', 'preparePost', '1', 'TIMEOUT', undefined, cause));
};

test.each([
  ['SCHEDULE_TO_START', 'browser_busy'],
  ['HEARTBEAT', 'worker_lost'],
  ['START_TO_CLOSE', 'upstream_timeout'],
] as const)('a step that timed out by %s ended with %s, and may be tried again', (type, code) => {
  expect(afterTimeout(type).code).toBe(code);
  expect(isPassing(code)).toBe(true);
});
