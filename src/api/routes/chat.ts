import { z } from 'zod';
import { chatRequest } from '../../domain/llm/llm.ts';
import type { ListedModel, Receipt } from '../../domain/llm/llm.ts';
import { AppError } from '../../errors.ts';
import type { ApiServices } from '../api-services.ts';
import { openAiBody } from '../error-body.ts';
import { route } from '../route.ts';

export const chatRoutes = ({ llm }: Pick<ApiServices, 'llm'>) => [
  route({
    post: '/v1/chat/completions',
    allow: 'key',
    tag: 'llm proxy',
    body: chatRequest,
    reply: { 200: z.looseObject({}).describe('A chat completion, or with `stream` its chunks as server-sent events.') },
    summary: 'A chat completion in the OpenAI format. `model` is a model or a group such as `auto`.',
    async respond({ caller, body, usageId, signal }) {
      const outcome = await llm.chat(caller, body, { requestId: usageId, signal });
      const sent = { status: 200, headers: receiptHeaders(outcome.receipt) };
      if (outcome.kind === 'answer') return { ...sent, body: outcome.body };
      return {
        ...sent,
        events: { open: () => outcome.events, frame: dataEvent, onError: lastWords, resumable: false },
      };
    },
  }),
  route({
    get: '/v1/models',
    allow: 'key',
    tag: 'llm proxy',
    reply: { 200: modelList },
    summary: 'Models and groups that this key may use, in the OpenAI format.',
    handle: ({ caller: { allowedModels } }) => {
      const listed = llm.catalog.list().filter(({ id }) => allowedModels === null || allowedModels.includes(id));
      return { object: 'list' as const, data: listed.map(modelView) };
    },
  }),
];

const model = z.object({ id: z.string(), object: z.literal('model'), created: z.int(), owned_by: z.string() });
const modelList = z.object({ object: z.literal('list'), data: z.array(model) });

const modelView = ({ id, createdAt, ownedBy }: ListedModel) => ({
  id,
  object: 'model' as const,
  created: Math.floor(createdAt.getTime() / 1000),
  owned_by: ownedBy,
});

/** The cost of a stream is not known when its headers go out. */
function receiptHeaders({ model: answered, attempts, costNanos, priceVersion }: Receipt): Record<string, string> {
  return {
    'x-model': answered,
    'x-attempts': String(attempts),
    'x-price-version': String(priceVersion),
    ...(costNanos !== null && { 'x-cost-nanodollars': String(costNanos) }),
  };
}

/** What OpenAI's SDKs throw when it arrives in the middle of a stream. */
function lastWords(error: unknown): string {
  const failure = error instanceof AppError ? error : new AppError('internal', 'The answer broke off.');
  return dataEvent(JSON.stringify(openAiBody(failure)));
}

const dataEvent = (data: string) => `data: ${data}\n\n`;
