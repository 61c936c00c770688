import { z } from 'zod';
import {
  chatOperation,
  chatRequest,
  countMessagesTokens,
  countTokensRequest,
  messagesOperation,
  messagesRequest,
  responsesOperation,
  responsesRequest,
} from '../../domain/llm/llm.ts';
import type { Operation } from '../../domain/llm/llm.ts';
import type { ApiServices } from '../api-services.ts';
import { clientDeadlineMs } from '../client-deadline.ts';
import { durableAnswer } from '../durable-answer.ts';
import { lastWords } from '../last-words.ts';
import { proxyAnswer } from '../proxy-answer.ts';
import { route } from '../route.ts';
import type { Answer, Input } from '../route.ts';
import type { Work } from '../../work/work.ts';

type Parts = Pick<ApiServices, 'config' | 'llm' | 'database' | 'now'> & { work: Work };

export function conversationRoutes(parts: Parts) {
  const { now } = parts;
  const answered = answeredBy(parts);
  return [
    route({
      post: '/v1/chat/completions',
      ...proxied,
      body: chatRequest,
      reply: {
        200: z.looseObject({}).describe('A chat completion, or with `stream` its chunks as server-sent events.'),
      },
      summary: 'A chat completion in the OpenAI format. `model` is a model or a group such as `auto`.',
      respond: (input) =>
        answered(input, { name: 'chat', body: input.body, operation: () => chatOperation(input.body, now) }),
    }),
    route({
      post: '/v1/messages',
      ...proxied,
      body: messagesRequest,
      reply: { 200: z.looseObject({}).describe('A message, or with `stream` its events.') },
      summary: 'A message in the Anthropic format.',
      respond(input) {
        const headers = anthropicHeaders(input);
        const operation = () => messagesOperation(input.body, headers);
        return answered(input, { name: 'messages', body: input.body, headers, operation });
      },
    }),
    route({
      post: '/v1/responses',
      ...proxied,
      body: responsesRequest,
      reply: { 200: z.looseObject({}).describe('A response, or with `stream` its events.') },
      summary: 'A response in the OpenAI Responses format; nothing is stored.',
      respond: (input) =>
        answered(input, { name: 'responses', body: input.body, operation: () => responsesOperation(input.body, now) }),
    }),
    route({
      post: '/v1/messages/count_tokens',
      allow: 'key',
      tag: 'llm proxy',
      largeBody: true,
      body: countTokensRequest,
      reply: { 200: z.object({ input_tokens: z.int() }) },
      summary: 'How many tokens a message would put in, counted here by the o200k vocabulary. Costs nothing.',
      handle: ({ body }) => ({ input_tokens: countMessagesTokens(body) }),
    }),
  ];
}

const proxied = { allow: 'key', tag: 'llm proxy', idempotent: true, largeBody: true, isHot: true } as const;

type Asked = {
  name: 'chat' | 'messages' | 'responses';
  body: Record<string, unknown>;
  /** What the provider is to see of the client's. */
  headers?: Readonly<Record<string, string>>;
  operation: () => Operation;
};

function answeredBy(parts: Parts) {
  return (input: Input<'key'>, { name, body, operation, headers: forProvider = {} }: Asked): Promise<Answer> => {
    const { caller, idempotencyKey, usageId: requestId, signal, headers } = input;
    const deadlineMs = clientDeadlineMs(headers);
    if (idempotencyKey !== null) {
      const asked = { caller, name, operation, body, headers: forProvider };
      return durableAnswer(parts, { ...asked, idempotencyKey, signal, deadlineMs });
    }
    const wanted = operation();
    const call = { requestId, signal, ...(deadlineMs !== null && { deadlineMs }) };
    return proxyAnswer({
      operation: wanted,
      lastWords: lastWords[name],
      run: () => parts.llm.call(caller, wanted, call),
    });
  };
}

/** What an Anthropic client says of the version it speaks reaches an Anthropic provider. */
function anthropicHeaders({ headers }: Input): Record<string, string> {
  return Object.fromEntries(
    ['anthropic-version', 'anthropic-beta'].flatMap((name) => {
      const value = headers[name];
      return typeof value === 'string' ? [[name, value]] : [];
    }),
  );
}
