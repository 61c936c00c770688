import { createHash } from 'node:crypto';
import type { Cookie } from 'playwright-core';

/** Of a cookie, what a login can consist of. */
export type LoginCookie = Pick<Cookie, 'name' | 'value' | 'domain' | 'path' | 'expires'>;

/**
 * Tells one state of a login from the next. An end that slides along with each visit makes a new one once a day.
 * @param preferences how the names of cookies begin that are no part of a login
 */
export function loginPrint(cookies: readonly LoginCookie[], preferences: readonly string[] = []): string {
  const ofLogin = cookies.filter(({ name }) => !preferences.some((start) => name.startsWith(start)));
  const lines = ofLogin.map(({ name, value, domain, path, expires }) =>
    JSON.stringify([domain, path, name, value, Math.floor(expires / SECONDS_OF_A_DAY)]),
  );
  return createHash('sha256').update(lines.toSorted().join('\n')).digest('base64url');
}

const SECONDS_OF_A_DAY = 86_400;
