import { expect, test } from '@jest/globals';
import { refusal } from './rest.ts';

const said = (code: string) => JSON.stringify({ code, message: 'no', data: { status: 404 } });

test('only what WordPress itself says to be gone is gone', () => {
  expect(refusal(404, said('rest_post_invalid_id')).code).toBe('not_found');
  expect(refusal(404, said('rest_no_route')).code).toBe('upstream_failed');
  expect(refusal(404, '<h1>This site is being moved</h1>').code).toBe('upstream_failed');
});
