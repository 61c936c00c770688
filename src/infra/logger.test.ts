import { expect, test } from '@jest/globals';
import { createLogger } from './logger.ts';

test.each([
  ['the password of a request', { password: 'hunter2' }],
  [
    'a header',
    { request: { headers: { authorization: 'Bearer hunter2', cookie: 'sid=hunter2', 'x-api-key': 'hunter2' } } },
  ],
  ['a token in an error', { err: { details: { access_token: 'hunter2' } } }],
  ['a login state', { session: { storageState: { cookies: ['hunter2'] } } }],
  ['a provider’s credentials', { provider: { credentials: ['hunter2'] } }],
  ['a private key', { worker: { privateKey: 'hunter2' } }],
])('%s is not in the log', (_, line) => {
  const written: string[] = [];
  createLogger({ level: 'info', name: 'test' }, { write: (text) => void written.push(text) }).info(line, 'said');
  expect(written.join('')).toContain('[secret]');
  expect(written.join('')).not.toContain('hunter2');
});
