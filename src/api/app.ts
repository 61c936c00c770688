import { Router } from '@koa/router';
import Koa from 'koa';
import type { ApiState } from './api-context.ts';
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
import type { ApiServices } from './api-services.ts';

/** The whole API over the given services. `closing` ends the streams that clients can resume. */
export function createApp(services: ApiServices, { closing }: { closing: AbortSignal }): Koa<ApiState> {
  const { config, logger, metrics, redis, accounts, now } = services;
  const authRate = createRateLimit({ redis, perMinute: config.AUTH_REQUESTS_PER_MINUTE, now });
  const parts = { authority: accounts, authRate, bodyLimitBytes: config.BODY_LIMIT_BYTES, closing };
  const { router, methodsOf } = routed(allRoutes(services), parts);

  const app = new Koa<ApiState>({ proxy: config.TRUSTED_PROXIES > 0, maxIpsCount: config.TRUSTED_PROXIES });
  app.on('error', (error: unknown) => logger.debug({ err: error }, 'a response could not be sent in full'));
  app.use(requestIds());
  app.use(accessLog(logger));
  app.use(httpMetrics(metrics));
  app.use(securityHeaders(config));
  app.use(errors());
  app.use(cors(config));
  app.use(router.routes());
  app.use(notFound(methodsOf));
  return app;
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
