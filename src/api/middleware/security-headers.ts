import type { Config } from '../../infra/config.ts';
import type { ApiMiddleware } from '../api-context.ts';

/** What keeps a browser from doing more with an answer than reading it. */
export function securityHeaders({ PUBLIC_URL }: Config): ApiMiddleware {
  const overTls = PUBLIC_URL.startsWith('https:');
  return async (ctx, next) => {
    ctx.set({
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
      'cache-control': 'no-store',
      ...(overTls && { 'strict-transport-security': 'max-age=31536000' }),
    });
    await next();
  };
}
