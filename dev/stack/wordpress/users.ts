import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import type { SiteUser } from '../part.ts';
import { StackError } from '../stack-error.ts';

const Created = z.object({ id: z.int() });
const ApplicationPassword = z.object({ password: z.string() });
const SiteUsers = z.array(
  z.object({ id: z.int(), login: z.string(), password: z.string(), applicationPassword: z.string() }),
);

const AUTHORS = 3;

/** The wizard's last step. Asked for again it says so, and changes nothing. */
export async function installDatabase(base: string): Promise<void> {
  const admin = { user_name: 'admin', admin_password: 'password', admin_password2: 'password', pw_weak: 'on' };
  const form = { weblog_title: 'Demo', ...admin, admin_email: 'admin@example.com', blog_public: '1' };
  const answer = await fetch(`${base}/wp-admin/install.php?step=2`, {
    method: 'POST',
    body: new URLSearchParams(form),
  });
  if (!/Success|already installed/i.test(await answer.text()))
    throw new StackError('WordPress did not install its database.');
}

/** An admin and three authors with an application password each; made once per site and kept in `file`. */
export async function siteUsers(file: string, base: string): Promise<readonly SiteUser[]> {
  if (existsSync(file)) return SiteUsers.parse(JSON.parse(readFileSync(file, 'utf8')));
  const site = await adminSession(base);
  const users = [{ id: 1, login: 'admin', password: 'password' }];
  for (let n = 1; n <= AUTHORS; n += 1) users.push(await author(site, `author${n}`));
  const complete: SiteUser[] = [];
  for (const user of users) {
    const made = await site('POST', `/wp/v2/users/${user.id}/application-passwords`, { name: `local ${Date.now()}` });
    complete.push({ ...user, applicationPassword: ApplicationPassword.parse(made).password });
  }
  writeFileSync(`${file}.part`, JSON.stringify(complete, null, 2), { mode: 0o600 });
  renameSync(`${file}.part`, file);
  return complete;
}

type Site = (method: 'GET' | 'POST', path: string, body?: object) => Promise<unknown>;

/** Found first: an interrupted start may have made this one already. */
async function author(site: Site, login: string): Promise<{ id: number; login: string; password: string }> {
  const password = `${login}-password`;
  const [known] = z.array(Created).parse(await site('GET', `/wp/v2/users&context=edit&slug=${login}`));
  const user =
    known ??
    (await site('POST', '/wp/v2/users', {
      username: login,
      password,
      email: `${login}@example.com`,
      roles: ['author'],
    }));
  return { id: Created.parse(user).id, login, password };
}

async function adminSession(base: string): Promise<Site> {
  const login = await fetch(`${base}/wp-login.php`, {
    method: 'POST',
    body: new URLSearchParams({ log: 'admin', pwd: 'password', testcookie: '1' }),
    redirect: 'manual',
    headers: { cookie: 'wordpress_test_cookie=WP%20Cookie%20check' },
  });
  const cookie = login.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ');
  const nonce = await (
    await fetch(`${base}/wp-admin/admin-ajax.php?action=rest-nonce`, { headers: { cookie } })
  ).text();
  const headers = { cookie, 'x-wp-nonce': nonce, 'content-type': 'application/json' };
  return async (method, path, body) => {
    const answer = await fetch(`${base}/?rest_route=${path}`, {
      method,
      headers,
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    if (!answer.ok)
      throw new StackError(`WordPress refused ${method} ${path}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  };
}
