import { randomInt } from 'node:crypto';
import type { Router } from '@koa/router';
import type { Context } from 'koa';
import { z } from 'zod';
import { loginState } from './fixture-site.ts';
import { jsonOf } from './request-body.ts';

/**
 * The server's side of a fixture site's login: who is in, a QR code that is good for one phone, codes that are good once.
 * A login ends the one before it.
 */
export function loginDesk(router: Router, { cookie, onCaptcha = () => {} }: DeskOptions): LoginDesk {
  let logins = 1;
  let session: string | null = `${cookie}-1`;
  let qr: Qr = { token: 'none', state: 'run out' };
  let made = 0;
  const codes: Record<Asked, string | null> = { sms: null, captcha: null };

  const logIn = (context: Context) => {
    logins += 1;
    session = `${cookie}-${logins}`;
    context.cookies.set(cookie, session);
  };
  const answered = async (context: Context, asked: Asked, onRight: () => void) => {
    const { code } = z.object({ code: z.string() }).parse(await jsonOf(context.req));
    const isRight = code === codes[asked];
    context.status = isRight ? 204 : 403;
    if (!isRight) return;
    codes[asked] = null;
    onRight();
  };

  router.post('/desk/qr', (context) => {
    made += 1;
    qr = { token: `qr-${made}`, state: 'waiting' };
    context.body = { token: qr.token };
  });
  router.get('/desk/qr/:token', (context) => {
    const state = context['params'].token === qr.token ? qr.state : 'run out';
    context.body = { state };
    if (state !== 'scanned') return;
    qr = { ...qr, state: 'run out' };
    logIn(context);
  });
  router.get('/desk/qr/:token/picture', (context) => picture(context, context['params'].token));
  router.get('/phone/:token', (context) => {
    if (context['params'].token !== qr.token || qr.state !== 'waiting') return void (context.status = 410);
    qr = { ...qr, state: 'scanned' };
    context.body = '登录成功';
  });
  router.post('/desk/sms/sent', (context) => {
    codes.sms = String(randomInt(100_000, 1_000_000));
    context.status = 204;
  });
  router.post('/desk/sms', (context) => answered(context, 'sms', () => logIn(context)));
  router.get('/desk/captcha/picture', (context) => {
    codes.captcha = randomInt(36 ** 3, 36 ** 4).toString(36);
    picture(context, codes.captcha);
  });
  router.post('/desk/captcha', (context) => answered(context, 'captcha', onCaptcha));

  return {
    isIn: (context) => session !== null && context.cookies.get(cookie) === session,
    login: () => loginState(cookie, session ?? 'none'),
    logOut: () => void (session = null),
    qrAddress: () => `/phone/${qr.token}`,
    qrRunsOut: () => void (qr = { ...qr, state: 'run out' }),
    code: (asked) => codes[asked],
  };
}

type DeskOptions = { cookie: string; onCaptcha?: () => void };
type Qr = { token: string; state: 'waiting' | 'scanned' | 'run out' };
type Asked = 'sms' | 'captcha';

export type LoginDesk = {
  isIn(context: Context): boolean;
  /** The login state of whoever logged in last. */
  login: () => ReturnType<typeof loginState>;
  /** The site forgets it. */
  logOut(): void;
  /** What a phone that scans the picture opens. */
  qrAddress(): string;
  qrRunsOut(): void;
  /** What was sent, or is in the picture; null when it was used. */
  code(asked: Asked): string | null;
};

const picture = (context: Context, words = '') =>
  void Object.assign(context, {
    type: 'image/svg+xml',
    body: `<svg xmlns="http://www.w3.org/2000/svg" width="100" height="100"><text y="50" font-size="20">${words}</text></svg>`,
  });
