import type { IncomingHttpHeaders } from 'node:http';
import { newId } from '../../infra/ids.ts';
import type { ApiMiddleware } from '../api-context.ts';

/** Every response carries `x-request-id`: the client's own when it is a plain short word, else a new one. */
export function requestIds(): ApiMiddleware {
  return async (ctx, next) => {
    ctx.state.usageId = newId('req');
    ctx.state.requestId = requestIdOf(ctx.headers, ctx.state.usageId);
    ctx.set(requestIdHeaders(ctx.path, ctx.state.requestId));
    await next();
  };
}

/** Anthropic's clients look for it under a name of their own. */
export function requestIdHeaders(path: string, id: string): Record<string, string> {
  return path.startsWith('/v1/messages') ? { 'x-request-id': id, 'request-id': id } : { 'x-request-id': id };
}

/** The client's own id when it is a plain short word. */
export function requestIdOf(headers: IncomingHttpHeaders, own: string): string {
  const given = headers['x-request-id'];
  return typeof given === 'string' && SANE.test(given) ? given : own;
}

const SANE = /^[\w.:-]{1,128}$/;
