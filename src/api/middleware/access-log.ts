import type { Logger } from '../../infra/logger.ts';
import type { ApiMiddleware } from '../api-context.ts';

/**
 * One line for each request, when its response has ended. Without bodies, and without the URL as sent: the pattern of
 * the route tells as much, and neither a token in a path nor a search term gets into the log.
 */
export function accessLog(logger: Logger): ApiMiddleware {
  return async (ctx, next) => {
    const startedAt = performance.now();
    await next();
    const { requestId, usageId, userId, route, error } = ctx.state;
    const line = {
      request_id: requestId,
      ...(usageId !== requestId && { usage_id: usageId }),
      user_id: userId,
      method: ctx.method,
      route: route ?? 'unmatched',
      status: ctx.status,
      ms: Math.round(performance.now() - startedAt),
      address: ctx.ip,
    };
    if (error && ctx.status >= 500) logger.error({ ...line, err: error }, 'request failed');
    else logger.info(line, 'request');
  };
}
