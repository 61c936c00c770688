import type { Metrics } from '../../infra/metrics.ts';
import type { ApiMiddleware } from '../api-context.ts';

/** Times every request by the pattern of its route, so that ids in paths do not become series of their own. */
export function httpMetrics({ httpSeconds }: Metrics): ApiMiddleware {
  return async (ctx, next) => {
    const stop = httpSeconds.startTimer();
    await next();
    stop({ method: ctx.state.route ? ctx.method : 'other', route: ctx.state.route ?? 'unmatched', status: ctx.status });
  };
}
