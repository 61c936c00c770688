import type { ServerResponse } from 'node:http';
import { randomUUID } from 'node:crypto';
import type { Generated } from './engine.ts';
import { MODEL_ID } from './request.ts';

export interface Answer {
  text: (piece: string) => void;
  end: (generated: Generated) => void;
}

/** One JSON object at the end. */
export function wholeAnswer(response: ServerResponse): Answer {
  return {
    text: () => undefined,
    end: (generated) => {
      const message = { role: 'assistant', content: generated.text, refusal: null };
      const choices = [{ index: 0, message, logprobs: null, finish_reason: generated.finish }];
      sendJson(response, 200, { ...head('chat.completion'), choices, usage: usageOf(generated) });
    },
  };
}

/** Server-sent events; the last one carries the usage where the caller asked for it. */
export function streamedAnswer(response: ServerResponse, includeUsage: boolean): Answer {
  const chunkHead = head('chat.completion.chunk');
  const send = (event: object) => response.write(`data: ${JSON.stringify({ ...chunkHead, ...event })}\n\n`);
  const choice = (delta: object, finish: string | null = null) => {
    if (!response.headersSent)
      response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
    send({
      choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }],
      ...(includeUsage ? { usage: null } : {}),
    });
  };
  let begun = false;
  const begin = () => {
    if (!begun) choice({ role: 'assistant', content: '' });
    begun = true;
  };
  return {
    text: (piece) => {
      begin();
      choice({ content: piece });
    },
    end: (generated) => {
      begin();
      choice({}, generated.finish);
      if (includeUsage) send({ choices: [], usage: usageOf(generated) });
      response.end('data: [DONE]\n\n');
    },
  };
}

export function sendJson(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

export interface ErrorBody {
  message: string;
  code: string | null;
  param?: string | null;
}

export function sendError(response: ServerResponse, status: number, { message, code, param = null }: ErrorBody): void {
  const type = status >= 500 ? 'server_error' : 'invalid_request_error';
  if (response.headersSent) response.end(`data: ${JSON.stringify({ error: { message, type, param, code } })}\n\n`);
  else sendJson(response, status, { error: { message, type, param, code } });
}

const head = (object: string) => ({
  id: `chatcmpl-${randomUUID().replaceAll('-', '')}`,
  object,
  created: Math.floor(Date.now() / 1000),
  model: MODEL_ID,
});

const usageOf = ({ promptTokens, completionTokens }: Generated) => ({
  prompt_tokens: promptTokens,
  completion_tokens: completionTokens,
  total_tokens: promptTokens + completionTokens,
});
