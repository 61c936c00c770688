import type { Config } from '../../infra/config.ts';
import type { ApiMiddleware } from '../api-context.ts';

/** Lets pages of the listed origins call the API, and the Temporal UI its codec endpoint (with its cookies, as it insists). */
export function cors({ CORS_ORIGINS, TEMPORAL_UI_URL }: Config): ApiMiddleware {
  const origins = new Set(CORS_ORIGINS.split(',').map((origin) => origin.trim()));
  const temporalUi = new URL(TEMPORAL_UI_URL).origin;
  return async (ctx, next) => {
    ctx.vary('Origin');
    const origin = ctx.get('origin');
    const fromUi = origin === temporalUi && CODEC.test(ctx.path);
    if (!fromUi && !origins.has(origin)) return next();

    ctx.set('access-control-allow-origin', origin);
    ctx.set('access-control-expose-headers', EXPOSED);
    if (fromUi) ctx.set('access-control-allow-credentials', 'true');
    const preflight = ctx.method === 'OPTIONS' && ctx.get('access-control-request-method') !== '';
    if (!preflight) return next();

    ctx.set({
      'access-control-allow-methods': 'GET, POST, PUT, PATCH, DELETE',
      'access-control-allow-headers': ctx.get('access-control-request-headers') || ALLOWED,
      'access-control-max-age': '600',
    });
    ctx.status = 204;
  };
}

const CODEC = /^\/(codec|api\/v1\/admin\/codec)\//;
const ALLOWED = 'authorization, content-type, idempotency-key, last-event-id, x-api-key, x-namespace, x-request-id';
const EXPOSED =
  'location, ratelimit, retry-after, x-attempts, x-cost-nanodollars, x-model, x-price-version, x-provider, ' +
  'x-ratelimit-limit-requests, x-ratelimit-limit-tokens, x-ratelimit-remaining-requests, ' +
  'x-ratelimit-remaining-tokens, x-ratelimit-reset-requests, x-ratelimit-reset-tokens, x-request-id, x-should-retry';
