import { expect, test } from '@jest/globals';
import { loginPrint } from './login-print.ts';

const session = { name: 'session', value: 'a', domain: 'example.com', path: '/', expires: 1_000_000 };
const setting = { ...session, name: 'settings-time-1' };

test('a login is the same while its cookies are, in whatever order they come', () => {
  expect(loginPrint([session, setting])).toBe(loginPrint([setting, session]));
  expect(loginPrint([session, { ...setting, value: 'b' }], ['settings-'])).toBe(loginPrint([session], ['settings-']));
});

test.each([
  ['a value', { value: 'b' }],
  ['a place', { path: '/admin' }],
  ['an end that moved by a day', { expires: 1_086_400 }],
  ['no end any more', { expires: -1 }],
])('%s makes it another one', (_, change) => {
  expect(loginPrint([{ ...session, ...change }])).not.toBe(loginPrint([session]));
});

test('an end that slides within a day is the same login', () => {
  expect(loginPrint([{ ...session, expires: 1_000_100 }])).toBe(loginPrint([session]));
});
