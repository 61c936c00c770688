import type { Context, Middleware } from 'koa';

/** What our middlewares know about a request. */
export type ApiState = {
  requestId: string;
  usageId: string;
  /** The pattern of the route that matched, as `/api/v1/agent/task/:id`. */
  route?: string;
  userId?: string;
  error?: unknown;
};

export type ApiContext = Context & { state: ApiState };
export type ApiMiddleware = Middleware<ApiState>;
