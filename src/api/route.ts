import type { IncomingHttpHeaders } from 'node:http';
import type { z } from 'zod';
import type { TextStream } from '../domain/llm/llm.ts';
import type { Principal } from '../domain/accounts/accounts.ts';
import type { Caller } from '../domain/usage/usage.ts';

/**
 * One route: a schema and a sentence. The router, the validation, the permissions and the OpenAPI document are all made
 * from it. Exactly one of `handle` and `respond` is given.
 */
export function route<
  A extends Allow,
  B extends z.ZodType,
  Q extends z.ZodObject,
  P extends z.ZodObject,
  R extends Replies,
>(options: RouteOptions<A, B, Q, P, R>): Route;
export function route(options: RouteOptions<Allow, z.ZodType, z.ZodObject, z.ZodObject, Replies>): Route {
  const { get, post, patch, put, delete: remove, ...rest } = options;
  const methods = { GET: get, POST: post, PATCH: patch, PUT: put, DELETE: remove };
  const [given] = Object.entries(methods).flatMap(([method, path]) => (path === undefined ? [] : [{ method, path }]));
  if (!given) throw new Error('a route needs a method and a path');
  return { ...given, ...rest };
}

/**
 * Who may ask: anybody, a logged-in user, an API key of the gateway, one of us (operators and admins), or those of us who
 * may change things (admins).
 */
export type Allow = 'public' | 'user' | 'key' | 'operator' | 'admin';

/** Replies by status. The schema also decides what goes out: fields that it does not name are cut. */
export type Replies = Readonly<Record<number, z.ZodType>>;

/** Statuses whose answers have no body. */
export const bodiless: ReadonlySet<number> = new Set([204, 304]);

export type Route = Shape & {
  method: string;
  /** With parameters as `:id`. */
  path: string;
  handle?(input: Input): unknown;
  respond?(input: Input): Promise<Answer> | Answer;
};

export type Answer = {
  status: number;
  headers?: Readonly<Record<string, string>>;
  /** Checked against the schema of the status. */
  body?: unknown;
  /** Sent as it is, instead of a checked body: a model's answer is not ours to judge. */
  ready?: { contentType: string; body: string | Uint8Array };
  /** A large text of the route's content type, sent as it comes and at the client's pace. */
  file?: AsyncIterable<string>;
  /** Server-sent events, sent instead of a body as they come. */
  events?: EventSource;
  /** The same for a model's stream, whose texts are complete events already. */
  stream?: Streamed;
};

export type Streamed = {
  texts: TextStream;
  /** The last text of a stream that breaks in our own hands. */
  lastWords: (error: unknown) => string;
};

export type EventSource = {
  /** @param ended aborts when nobody listens any more */
  open(ended: AbortSignal): AsyncIterable<string>;
  /** What is written for each item; without it, items are complete events. */
  frame?(item: string): string;
  /** The last event of a stream that breaks. */
  onError(error: unknown): string;
  /** Whether the stream may be ended when the server shuts down, because its client can resume. */
  resumable: boolean;
};

/** What a handler is given, already checked. */
export type Input<
  A extends Allow = Allow,
  B extends z.ZodType = z.ZodType,
  Q extends z.ZodType = z.ZodType,
  P extends z.ZodType = z.ZodType,
> = Who[A] & {
  body: z.output<B>;
  query: z.output<Q>;
  params: z.output<P>;
  requestId: string;
  /** Names the request in the ledger. Never taken from the client: an id used twice would be charged once. */
  usageId: string;
  idempotencyKey: string | null;
  lastEventId: string | null;
  headers: IncomingHttpHeaders;
  /** Aborts when the client has gone. */
  signal: AbortSignal;
};

export type Who = {
  public: object;
  user: { user: Principal };
  operator: { user: Principal };
  admin: { user: Principal };
  key: { caller: Caller };
};

type Shape = {
  allow: Allow;
  summary: string;
  body?: z.ZodType;
  query?: z.ZodObject;
  params?: z.ZodObject;
  reply: Replies;
  /** Content type of the successful reply, where it is not JSON. */
  produces?: string;
  /** Whether requests are counted per address, as for logins. */
  rateLimited?: boolean;
  /** Whether it is served past Koa, because its every microsecond counts: see `hot-path.ts`. */
  isHot?: boolean;
  /** Whether its bodies may hold pictures and documents, and so are allowed to be large. */
  largeBody?: boolean;
  /** Whether its body is a form, `multipart/form-data`, and not JSON. */
  multipart?: boolean;
  /** Whether `Idempotency-Key` is understood. */
  idempotent?: boolean;
  /** Heading in the documentation. */
  tag?: string;
};

type RouteOptions<
  A extends Allow,
  B extends z.ZodType,
  Q extends z.ZodObject,
  P extends z.ZodObject,
  R extends Replies,
> = Omit<Shape, 'allow' | 'body' | 'query' | 'params' | 'reply'> & {
  get?: string;
  post?: string;
  patch?: string;
  put?: string;
  delete?: string;
  allow: A;
  body?: B;
  query?: Q;
  params?: P;
  reply: R;
  /** Answers the body of the first reply. */
  handle?(input: Input<A, B, Q, P>): z.input<R[keyof R]> | Promise<z.input<R[keyof R]>>;
  /** Answers status, headers and body or events. */
  respond?(input: Input<A, B, Q, P>): Promise<Answer> | Answer;
};
