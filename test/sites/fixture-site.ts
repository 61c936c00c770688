import { createServer } from 'node:http';
import type { Socket } from 'node:net';
import Koa from 'koa';
import type { Router } from '@koa/router';

/**
 * A site for tests that behaves like a platform's pages as they are described. `rename` makes it a site that was updated
 * and now calls parts of its pages by other names, in its scripts as well, so that all goes on working for people.
 */
export async function fixtureSite(router: Router): Promise<FixtureSite> {
  let renamed: readonly string[] = [];
  const app = new Koa();
  app.use(async (context, next) => {
    await next();
    if (context.type !== 'text/html' || typeof context.body !== 'string') return;
    context.body = renamed.reduce(
      (page, name) => page.replaceAll(wholeName(name), 'renamed-by-an-update'),
      context.body,
    );
  });
  app.use(router.routes());
  app.on('error', () => undefined); // an answer that a test cuts off

  const sockets = new Set<Socket>();
  const answer = app.callback();
  const server = createServer((request, response) => void answer(request, response));
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`,
    rename: (...names) => void (renamed = names),
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => void server.close(resolve));
    },
  };
}

export type FixtureSite = { url: string; rename(...names: string[]): void; close(): Promise<void> };

/** A login state as a desktop app would upload it. */
export const loginState = (name: string, value: string) => ({
  cookies: [
    {
      name,
      value,
      domain: '127.0.0.1',
      path: '/',
      expires: -1,
      httpOnly: true,
      secure: false,
      sameSite: 'Lax' as const,
    },
  ],
  origins: [],
});

export const htmlPage = (title: string, body: string): string =>
  `<!doctype html><html lang="zh"><head><meta charset="utf-8"><title>${title}</title></head><body>${body}</body></html>`;

export const escapeHtml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

/** Not a part of a longer name; Chinese words have no bounds. */
const wholeName = (name: string): RegExp => {
  const literal = name.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
  return /^[\w-]+$/.test(name) ? new RegExp(String.raw`(?<![\w-])${literal}(?![\w-])`, 'g') : new RegExp(literal, 'g');
};
