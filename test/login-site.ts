/** Test set-up: a site that asks to log in by a QR code or by a code from an SMS, and the adapter that knows it. */
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import type { Platform } from '../src/domain/platforms/platform.ts';
import { AppError } from '../src/errors.ts';
import { listening } from './listening.ts';

export const SMS_CODE = '471147';

export async function loginSite(mode: 'qr' | 'sms_code') {
  let token = 1;
  let isScanned = false;
  const pages: Record<string, string> = { qr: qrPage, sms_code: smsPage(''), refused: smsPage('That was not it.') };

  const server = createServer((request, response) => void answer(request, response));

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<unknown> {
    const { pathname } = new URL(request.url ?? '/', 'http://site');
    const isIn = request.headers.cookie?.includes('session=fresh-session-cookie') ?? false;
    const login = () => void response.setHeader('set-cookie', 'session=fresh-session-cookie; Path=/; HttpOnly');
    const go = (to: string) => response.writeHead(302, { location: to }).end();
    if (pathname === '/editor' && !isIn) return go('/login');
    if (pathname === '/state') {
      if (isScanned) login();
      return response.end(JSON.stringify({ token, isScanned }));
    }
    if (pathname === '/sms') {
      const isRight = new URLSearchParams(await text(request)).get('code') === SMS_CODE;
      if (isRight) login();
      return go(isRight ? '/editor' : '/login?refused');
    }
    response.setHeader('content-type', 'text/html');
    const page = request.url?.endsWith('?refused') ? 'refused' : mode;
    return response.end(pathname === '/editor' ? '<h1>editor</h1>' : pages[page]);
  }
  const port = await listening(server);
  return {
    url: `http://127.0.0.1:${port}`,
    /** What the person's telephone does with the code that it sees. */
    scan: () => void (isScanned = true),
    /** The site shows another code, as sites do every minute. */
    renewQr: () => void (token += 1),
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

export type LoginSite = Awaited<ReturnType<typeof loginSite>>;

const qrPage = `<!doctype html><svg id="qr" width="60" height="60"><text y="40" font-size="40">1</text></svg><script>
  setInterval(async () => {
    const { token, isScanned } = await (await fetch('/state')).json();
    document.querySelector('#qr text').textContent = token;
    if (isScanned) location.assign('/editor');
  }, 50);</script>`;

const smsPage = (note: string) =>
  `<!doctype html><form method="post" action="/sms"><p>${note}</p><input name="code"><button>go</button></form>`;

const never = () => Promise.reject(new Error('is not for this test'));

/** Only its login is of interest. */
export const loginSiteDriver: Platform = {
  async checkLogin(page) {
    await page.goto('editor');
    if (page.url().includes('/editor')) return;
    const reason = (await page.locator('#qr').count()) > 0 ? 'qr' : 'sms_code';
    throw new AppError('needs_login', 'The site asks to log in.', { details: { reason } });
  },
  prepare: never,
  commit: never,
  settle: never,
  fetchAnalytics: never,
  login: {
    isSolved: async (page) => page.url().includes('/editor'),
    async challenge(page) {
      const qr = page.locator('#qr');
      if (await qr.isVisible()) return { reason: 'qr', prompt: 'Scan it.', picture: qr, acceptsCode: false };
      if (!(await page.locator('[name=code]').isVisible())) return null;
      return { reason: 'sms_code', prompt: 'Type the code of the SMS.', picture: null, acceptsCode: true };
    },
    async answer(page, code) {
      await page.locator('[name=code]').fill(code);
      await Promise.all([page.waitForURL(/editor|refused/), page.locator('button').click()]);
      return page.url().includes('refused') ? 'refused' : 'accepted';
    },
  },
};
