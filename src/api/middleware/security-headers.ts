import type { Config } from '../../infra/config.ts';
import type { ApiMiddleware } from '../api-context.ts';

/** What keeps a browser from doing more with an answer than reading it. */
export function securityHeaders(config: Config): ApiMiddleware {
  const headers = securityHeadersOf(config);
  return async (ctx, next) => {
    ctx.set(headers);
    await next();
  };
}

export function securityHeadersOf({ PUBLIC_URL }: Config): Record<string, string> {
  return {
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'referrer-policy': 'no-referrer',
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    'cache-control': 'no-store',
    ...(PUBLIC_URL.startsWith('https:') && { 'strict-transport-security': 'max-age=31536000' }),
  };
}
