import { newId } from '../../infra/ids.ts';
import type { ApiMiddleware } from '../api-context.ts';

/** Every response carries `x-request-id`: the client's own when it is a plain short word, else a new one. */
export function requestIds(): ApiMiddleware {
  return async (ctx, next) => {
    const own = newId('req');
    const given = ctx.get('x-request-id');
    ctx.state.usageId = own;
    ctx.state.requestId = SANE.test(given) ? given : own;
    ctx.set('x-request-id', ctx.state.requestId);
    await next();
  };
}

const SANE = /^[\w.:-]{1,128}$/;
