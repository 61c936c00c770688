// The small model behind the OpenAI format, a process of its own: a model that computes would stop every other event.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { json } from 'node:stream/consumers';
import { z } from 'zod';
import { sendError, sendJson, streamedAnswer, wholeAnswer } from './answers.ts';
import { BadGeneration, loadEngine, type Engine } from './engine.ts';
import { ChatRequest, MODEL_ID, generationOf } from './request.ts';
import { Turns } from './turns.ts';

const Environment = z.object({ PORT: z.coerce.number(), MODEL_FILE: z.string(), ENGINE_MODULE: z.string() });
const { PORT, MODEL_FILE, ENGINE_MODULE } = Environment.parse(process.env);

const engine = await loadEngine(ENGINE_MODULE, MODEL_FILE);
const turns = new Turns();
const server = createServer((request, response) => {
  route(engine, request, response).catch((error: unknown) => fail(response, error));
});
server.listen(PORT, '127.0.0.1');
process.once('SIGTERM', () => process.exit(0));

async function route(model: Engine, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = new URL(request.url ?? '/', 'http://local').pathname;
  if (request.method === 'GET' && path === '/healthz') return sendJson(response, 200, { status: 'ok' });
  if (request.method === 'GET' && path === '/v1/models')
    return sendJson(response, 200, { object: 'list', data: [described] });
  if (request.method === 'POST' && path === '/v1/chat/completions') return complete(model, request, response);
  return sendError(response, 404, { message: `No ${request.method} ${path} here.`, code: 'not_found' });
}

const described = { id: MODEL_ID, object: 'model', created: 1_738_888_888, owned_by: 'local' };

async function complete(model: Engine, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const gone = new AbortController();
  response.once('close', () => gone.abort()); // also after a full answer, when nobody listens any more
  const chat = ChatRequest.parse(await json(request));
  const answer = chat.stream
    ? streamedAnswer(response, chat.stream_options?.include_usage ?? false)
    : wholeAnswer(response);
  const generated = await turns.take(gone.signal, () =>
    model.generate(generationOf(chat), { signal: gone.signal, onText: answer.text }),
  );
  answer.end(generated);
}

function fail(response: ServerResponse, error: unknown): void {
  if (response.destroyed) return; // its client went away, and so did the work
  if (error instanceof SyntaxError)
    return sendError(response, 400, { message: 'The body is not JSON.', code: 'invalid_json' });
  if (error instanceof z.ZodError) return sendError(response, 400, firstIssue(error));
  if (error instanceof BadGeneration) return sendError(response, 400, { message: error.message, code: error.code });
  console.error(error);
  return sendError(response, 500, { message: 'The model failed; its log says why.', code: null });
}

function firstIssue(error: z.ZodError): { message: string; code: string; param: string | null } {
  const [issue] = error.issues;
  const param = issue?.path.join('.') || null;
  const code = param === 'model' ? 'model_not_found' : 'invalid_value';
  return { message: `${param ?? 'body'}: ${issue?.message ?? 'invalid'}`, code, param };
}
