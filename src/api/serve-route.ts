import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import type { ApiContext } from './api-context.ts';
import { sendEvents } from './event-stream.ts';
import type { StreamEnds } from './event-stream.ts';
import { idempotencyKey } from './idempotency-key.ts';
import { jsonBody } from './middleware/json-body.ts';
import { multipartBody } from './middleware/multipart-body.ts';
import { whoAsks } from './middleware/principals.ts';
import type { Authority } from './middleware/principals.ts';
import type { RateLimit } from './middleware/rate-limit.ts';
import { bodiless } from './route.ts';
import type { Answer, Input, Route, Streamed } from './route.ts';
import { sendTexts } from './send-texts.ts';
import type { StreamPlaces } from './stream-places.ts';
import { refuseUnstorable } from './storable-text.ts';
import { validate } from './validate.ts';

export type ServeParts = {
  authority: Authority;
  authRate: RateLimit;
  bodyLimitBytes: number;
  largeBodyLimitBytes: number;
  streamPlaces: StreamPlaces;
  /** Aborts when the server is shutting down. */
  closing: AbortSignal;
};

/** One request to one route, in the order in which it may be refused: rate, principal, input. */
export async function serveRoute(ctx: ApiContext, route: Route, parts: ServeParts): Promise<void> {
  ctx.state.route = route.path;
  if (route.rateLimited) await parts.authRate(ctx.ip);
  const who = await whoAsks(ctx, route.allow, parts.authority);
  const gone = clientGone(ctx.res);
  const limitBytes = route.largeBody ? parts.largeBodyLimitBytes : parts.bodyLimitBytes;
  const input = { ...who, ...(await facts(ctx, route, limitBytes)), signal: gone };
  const answer = await answerOf(route, input);

  ctx.status = answer.status;
  if (answer.headers) ctx.set({ ...answer.headers });
  if (answer.stream) return flowing(ctx, answer.stream);
  if (answer.events) return streamed(ctx, answer, { gone, closing: parts.closing, places: parts.streamPlaces });
  if (answer.ready) return ready(ctx, answer.ready);
  if (answer.file) return file(ctx, answer.file, route.produces);
  const body = checkedReply(route, answer);
  if (route.produces) ctx.type = route.produces;
  const isBodiless = bodiless.has(answer.status);
  ctx.body = isBodiless ? null : typeof body === 'string' ? body : JSON.stringify(body);
  if (typeof body !== 'string' && !isBodiless) ctx.type = 'application/json; charset=utf-8';
}

async function facts(ctx: ApiContext, route: Route, limitBytes: number) {
  refuseUnstorable({ ...ctx.params, ...ctx.query });
  const read = route.multipart ? multipartBody : jsonBody;
  const body = route.body ? validate(route.body, await read(ctx.req, limitBytes)) : undefined;
  return {
    body,
    query: route.query ? validate(route.query, { ...ctx.query }) : {},
    params: route.params ? validate(route.params, { ...ctx.params }) : {},
    requestId: ctx.state.requestId,
    usageId: ctx.state.usageId,
    idempotencyKey: route.idempotent ? idempotencyKey(ctx.headers) : null,
    lastEventId: ctx.get('last-event-id') || null,
    headers: ctx.headers,
  };
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

function ready(ctx: ApiContext, { contentType, body }: NonNullable<Answer['ready']>): void {
  ctx.type = contentType;
  ctx.body = typeof body === 'string' ? body : Buffer.from(body.buffer, body.byteOffset, body.byteLength);
}

function file(ctx: ApiContext, texts: AsyncIterable<string>, contentType = 'text/plain'): void {
  ctx.body = Readable.from(texts, { objectMode: false });
  ctx.type = contentType;
}

export const eventStream = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-cache, no-transform',
  'x-accel-buffering': 'no', // proxies of the nginx kind would keep events back
} as const;

async function flowing(ctx: ApiContext, stream: Streamed): Promise<void> {
  ctx.set(eventStream);
  if (ctx.method === 'HEAD') return;
  ctx.respond = false;
  ctx.state.error = await sendTexts(ctx.res, stream);
}

async function streamed(
  ctx: ApiContext,
  { events }: Answer,
  { places, ...ends }: StreamEnds & { places: StreamPlaces },
) {
  if (!events || ctx.method === 'HEAD') return ctx.set(eventStream);
  await places.hold(ctx.state.userId ?? '', async () => {
    ctx.set(eventStream);
    await sendEvents(ctx, events, ends);
  });
}

/** Aborts when the client leaves before its response has ended. */
export function clientGone(res: ServerResponse): AbortSignal {
  const controller = new AbortController();
  if (res.destroyed) controller.abort();
  res.once('close', () => {
    if (!res.writableFinished) controller.abort();
  });
  return controller.signal;
}
