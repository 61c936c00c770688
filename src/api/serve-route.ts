import type { ApiContext } from './api-context.ts';
import { AppError } from '../errors.ts';
import { sendEvents } from './event-stream.ts';
import { jsonBody } from './middleware/json-body.ts';
import { whoAsks } from './middleware/principals.ts';
import type { Authority } from './middleware/principals.ts';
import type { RateLimit } from './middleware/rate-limit.ts';
import type { Answer, Input, Route } from './route.ts';
import { refuseUnstorable } from './storable-text.ts';
import { validate } from './validate.ts';

export type ServeParts = {
  authority: Authority;
  authRate: RateLimit;
  bodyLimitBytes: number;
  /** Aborts when the server is shutting down. */
  closing: AbortSignal;
};

/** One request to one route, in the order in which it may be refused: rate, principal, input. */
export async function serveRoute(ctx: ApiContext, route: Route, parts: ServeParts): Promise<void> {
  ctx.state.route = route.path;
  if (route.rateLimited) await parts.authRate(ctx.ip);
  const who = await whoAsks(ctx, route.allow, parts.authority);
  const gone = clientGone(ctx);
  const input = { ...who, ...(await facts(ctx, route, parts.bodyLimitBytes)), signal: gone };
  const answer = await answerOf(route, input);

  ctx.status = answer.status;
  if (answer.headers) ctx.set({ ...answer.headers });
  if (answer.events) return streamed(ctx, answer, { gone, closing: parts.closing });
  const body = checkedReply(route, answer);
  if (route.produces) ctx.type = route.produces;
  ctx.body = answer.status === 204 ? null : typeof body === 'string' ? body : JSON.stringify(body);
  if (typeof body !== 'string' && answer.status !== 204) ctx.type = 'application/json; charset=utf-8';
}

async function facts(ctx: ApiContext, route: Route, limitBytes: number) {
  refuseUnstorable({ ...ctx.params, ...ctx.query });
  const body = route.body ? validate(route.body, await jsonBody(ctx, limitBytes)) : undefined;
  return {
    body,
    query: route.query ? validate(route.query, { ...ctx.query }) : {},
    params: route.params ? validate(route.params, { ...ctx.params }) : {},
    requestId: ctx.state.requestId,
    usageId: ctx.state.usageId,
    idempotencyKey: route.idempotent ? idempotencyKey(ctx) : null,
    lastEventId: ctx.get('last-event-id') || null,
  };
}

function idempotencyKey(ctx: ApiContext): string | null {
  const key = ctx.get('idempotency-key');
  if (ctx.headers['idempotency-key'] === undefined) return null;
  if (/^[\x20-\x7e]{1,200}$/.test(key)) return key;
  throw new AppError('invalid_request', 'idempotency-key: must be 1 to 200 printable ASCII characters.', {
    details: { issues: [{ path: 'idempotency-key', message: 'must be 1 to 200 printable ASCII characters' }] },
  });
}

async function answerOf(route: Route, input: Input): Promise<Answer> {
  if (route.respond) return route.respond(input);
  const [status] = Object.keys(route.reply).map(Number);
  return { status: status ?? 200, body: await route.handle?.(input) };
}

/** What goes out is what the schema names; a body that does not fit is our own mistake. */
function checkedReply(route: Route, { status, body }: Answer): unknown {
  const schema = route.reply[status];
  if (!schema) throw new Error(`${route.method} ${route.path} does not declare the status ${status}`);
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  throw new Error(`${route.method} ${route.path} does not answer as declared: ${parsed.error.message}`);
}

async function streamed(ctx: ApiContext, answer: Answer, ends: { gone: AbortSignal; closing: AbortSignal }) {
  ctx.set({ 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache, no-transform' });
  ctx.set('x-accel-buffering', 'no'); // proxies of the nginx kind would keep events back
  if (answer.events && ctx.method !== 'HEAD') await sendEvents(ctx, answer.events, ends);
}

function clientGone({ res }: ApiContext): AbortSignal {
  const controller = new AbortController();
  if (res.destroyed) controller.abort();
  res.once('close', () => {
    if (!res.writableFinished) controller.abort();
  });
  return controller.signal;
}
