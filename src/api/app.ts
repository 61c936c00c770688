import type { RequestListener } from 'node:http';
import { Router } from '@koa/router';
import Koa from 'koa';
import type { ApiMiddleware, ApiState } from './api-context.ts';
import { createHotPath } from './hot-path.ts';
import { accessLog } from './middleware/access-log.ts';
import { cors } from './middleware/cors.ts';
import { errors } from './middleware/errors.ts';
import { httpMetrics } from './middleware/http-metrics.ts';
import { notFound } from './middleware/not-found.ts';
import { createRateLimit } from './middleware/rate-limit.ts';
import { requestIds } from './middleware/request-id.ts';
import { securityHeaders } from './middleware/security-headers.ts';
import type { Route } from './route.ts';
import { allRoutes } from './routes/index.ts';
import { serveRoute } from './serve-route.ts';
import type { ServeParts } from './serve-route.ts';
import { createStreamPlaces } from './stream-places.ts';
import type { ApiServices } from './api-services.ts';

/** The whole API over the given services. `closing` ends the streams that clients can resume. */
export function createApp(services: ApiServices, { closing }: { closing: AbortSignal }): RequestListener {
  const { config, logger, metrics, redis, accounts, now } = services;
  const authRate = createRateLimit({ redis, perMinute: config.AUTH_REQUESTS_PER_MINUTE, now });
  const parts = {
    authority: accounts,
    authRate,
    bodyLimitBytes: config.BODY_LIMIT_BYTES,
    largeBodyLimitBytes: config.LARGE_BODY_LIMIT_BYTES,
    streamPlaces: createStreamPlaces(config.EVENT_STREAMS_PER_USER),
    closing,
  };
  const routes = allRoutes(services);
  const { router, methodsOf } = routed(routes, parts);

  const app = new Koa<ApiState>({ proxy: config.TRUSTED_PROXIES > 0, maxIpsCount: config.TRUSTED_PROXIES });
  app.on('error', (error: unknown) => logger.debug({ err: error }, 'a response could not be sent in full'));
  app.use(requestIds());
  app.use(accessLog(logger));
  app.use(httpMetrics(metrics));
  app.use(securityHeaders(config));
  app.use(errors());
  app.use(cors(config));
  app.use(exactRoutes(routes, parts));
  app.use(router.routes());
  app.use(notFound(methodsOf));
  const koa = app.callback();
  const hotPath = createHotPath(routes, { ...parts, config, logger, metrics });
  return (request, response) => {
    if (!hotPath(request, response)) void koa(request, response);
  };
}

/** Paths without parameters are found at once; the router tries its patterns one after the other. */
function exactRoutes(routes: readonly Route[], parts: ServeParts): ApiMiddleware {
  const exact = new Map(
    routes.filter(({ path }) => !path.includes(':')).map((route) => [`${route.method} ${route.path}`, route]),
  );
  return (ctx, next) => {
    const route = exact.get(`${ctx.method} ${ctx.path}`);
    return route ? serveRoute(ctx, route, parts) : next();
  };
}

function routed(routes: readonly Route[], parts: ServeParts) {
  const router = new Router<ApiState>();
  for (const route of routes) {
    router.register(route.path, [route.method.toLowerCase()], (ctx) => serveRoute(ctx, route, parts), {
      name: `${route.method} ${route.path}`,
    });
  }
  const methodsOf = (path: string) => [...new Set(router.match(path, 'GET').path.flatMap(({ methods }) => methods))];
  return { router, methodsOf };
}
