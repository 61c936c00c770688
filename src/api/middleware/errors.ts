import { AppError } from '../../errors.ts';
import type { ApiMiddleware } from '../api-context.ts';
import { errorBody } from '../error-body.ts';
import { errorHeaders } from '../error-headers.ts';
import { outage } from '../outage.ts';

/**
 * The one place where an error becomes a response. What is not an AppError is a 500 that says nothing, and a log line
 * that says all.
 */
export function errors(): ApiMiddleware {
  return async (ctx, next) => {
    try {
      await next();
    } catch (error) {
      const failure = toAppError(error);
      ctx.state.error = error;
      if (ctx.res.headersSent || ctx.res.destroyed) {
        ctx.respond = false;
        ctx.res.destroy();
        return;
      }
      ctx.status = failure.status;
      ctx.set(errorHeaders(failure));
      ctx.type = 'application/json; charset=utf-8';
      ctx.body = JSON.stringify(errorBody(failure, { path: ctx.path, requestId: ctx.state.requestId }));
    }
  };
}

/** What a client is told of a failure. */
export function toAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  if (outage(error)) return new AppError('unavailable', 'A part of the service is away; try again.', { cause: error });
  return new AppError('internal', 'Something went wrong on our side.', { cause: error });
}
