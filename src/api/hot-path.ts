import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Config } from '../infra/config.ts';
import { newId } from '../infra/ids.ts';
import type { Logger } from '../infra/logger.ts';
import type { Metrics } from '../infra/metrics.ts';
import { errorBody } from './error-body.ts';
import { errorHeaders } from './error-headers.ts';
import { idempotencyKey } from './idempotency-key.ts';
import { toAppError } from './middleware/errors.ts';
import { jsonBody } from './middleware/json-body.ts';
import { apiKeyIn } from './middleware/principals.ts';
import { requestIdHeaders, requestIdOf } from './middleware/request-id.ts';
import { securityHeadersOf } from './middleware/security-headers.ts';
import type { Answer, Route } from './route.ts';
import { sendTexts } from './send-texts.ts';
import { clientGone, eventStream } from './serve-route.ts';
import type { ServeParts } from './serve-route.ts';
import { validate } from './validate.ts';

export type HotPathParts = Pick<ServeParts, 'authority' | 'largeBodyLimitBytes'> & {
  config: Config;
  logger: Logger;
  metrics: Metrics;
};

/**
 * The conversation routes on Node's own request and response, by the same functions as the middlewares: Koa and its
 * chain cost as much as the gateway itself. Calls from pages (with an `Origin`) and everything unusual go the long way.
 * @returns whether it takes a request
 */
export function createHotPath(routes: readonly Route[], parts: HotPathParts) {
  const { authority, largeBodyLimitBytes, config, logger, metrics } = parts;
  const hot = new Map(routes.filter(({ isHot }) => isHot === true).map((route) => [route.path, route]));
  const always = securityHeadersOf(config);

  return function take(request: IncomingMessage, response: ServerResponse): boolean {
    const route = request.method === 'POST' ? hot.get(request.url ?? '') : undefined;
    if (!route || request.headers.origin !== undefined) return false;
    void serve(route, request, response);
    return true;
  };

  async function serve(route: Route, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const began = performance.now();
    const usageId = newId('req');
    const requestId = requestIdOf(request.headers, usageId);
    const gone = clientGone(response);
    const facts: Facts = { usageId, requestId, userId: undefined, error: undefined };
    try {
      const { headers } = request;
      const known = authority.authenticateNow(apiKeyIn(headers));
      const caller = known instanceof Promise ? await known : known;
      facts.userId = caller.userId;
      const body = validate(bodyOf(route), await jsonBody(request, largeBodyLimitBytes));
      const none = { query: {}, params: {}, lastEventId: null };
      const key = idempotencyKey(headers);
      const input = { ...none, caller, body, requestId, usageId, idempotencyKey: key, headers, signal: gone };
      const answer = await route.respond?.(input);
      if (!answer) throw new Error(`${route.path} is hot and does not respond`);
      const own = requestIdHeaders(route.path, requestId);
      facts.error = await send(response, answer, [always, own]);
    } catch (error) {
      facts.error = error;
      refuse(response, error, { path: route.path, requestId });
    }
    note(route, response, { ...facts, ms: performance.now() - began });
  }

  function refuse(response: ServerResponse, error: unknown, where: { path: string; requestId: string }): void {
    if (response.headersSent || response.destroyed) {
      response.destroy();
      return;
    }
    const failure = toAppError(error);
    response.writeHead(failure.status, {
      ...always,
      ...requestIdHeaders(where.path, where.requestId),
      ...errorHeaders(failure),
      'content-type': 'application/json; charset=utf-8',
    });
    response.end(JSON.stringify(errorBody(failure, where)));
  }

  /** As the middlewares for metrics and the access log do. */
  function note({ method, path }: Route, { statusCode: status }: ServerResponse, { ms, error, ...who }: Noted): void {
    metrics.httpSeconds.observe({ method, route: path, status }, ms / 1000);
    if (status < 500 && !logger.isLevelEnabled('info')) return;
    const { requestId: request_id, usageId: usage_id, userId: user_id } = who;
    const line = { request_id, ...(usage_id !== request_id && { usage_id }), user_id, method, route: path, status };
    if (status >= 500) logger.error({ ...line, ms: Math.round(ms), err: error }, 'request failed');
    else logger.info({ ...line, ms: Math.round(ms) }, 'request');
  }
}

function send(response: ServerResponse, answer: Answer, own: readonly Headers[]): Promise<unknown> | undefined {
  if (answer.stream) {
    response.writeHead(answer.status, pairs([...own, answer.headers, eventStream]));
    return sendTexts(response, answer.stream);
  }
  if (!answer.ready) throw new Error('a hot route answers with what is ready, or with a stream');
  const { contentType, body } = answer.ready;
  const headers = pairs([...own, answer.headers]);
  headers.push('content-type', contentType, 'content-length', String(Buffer.byteLength(body)));
  response.writeHead(answer.status, headers);
  response.end(body);
  return undefined;
}

/** Names and values in turn, which Node writes as they are. Of a name that comes twice the last one counts. */
function pairs(headers: readonly (Headers | undefined)[]): string[] {
  const list: string[] = [];
  for (const some of headers) {
    for (const name in some) {
      const before = list.indexOf(name);
      if (before >= 0) list[before + 1] = some[name] ?? '';
      else list.push(name, some[name] ?? '');
    }
  }
  return list;
}

type Headers = Readonly<Record<string, string>>;
type Facts = { usageId: string; requestId: string; userId: string | undefined; error: unknown };
type Noted = Facts & { ms: number };

function bodyOf({ path, body }: Route): NonNullable<Route['body']> {
  if (!body) throw new Error(`${path} is hot and has no body`);
  return body;
}
