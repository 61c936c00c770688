import { z } from 'zod';
import type { ListedModel } from '../../domain/llm/llm.ts';
import type { Caller } from '../../domain/usage/usage.ts';
import { AppError } from '../../errors.ts';
import type { ApiServices } from '../api-services.ts';
import { route } from '../route.ts';

export function proxyModelRoutes({ llm }: Pick<ApiServices, 'llm'>) {
  const offeredTo = (caller: Caller) => llm.catalog.list().filter((model) => mayUse(caller, model));
  return [
    route({
      get: '/v1/models',
      allow: 'key',
      tag: 'llm proxy',
      reply: { 200: z.object({ object: z.literal('list'), data: z.array(shownModel) }) },
      summary: 'Models and groups that this key may use, in the OpenAI format.',
      handle: ({ caller }) => ({ object: 'list' as const, data: offeredTo(caller).map(modelView) }),
    }),
    route({
      get: '/v1/models/:id',
      allow: 'key',
      tag: 'llm proxy',
      params: z.object({ id: z.string().min(1).max(200) }),
      reply: { 200: shownModel },
      summary: 'One of them.',
      handle({ caller, params }) {
        const model = offeredTo(caller).find(({ id }) => id === params.id);
        if (!model) throw new AppError('not_found', `The model ${params.id} does not exist, or is not for this key.`);
        return modelView(model);
      },
    }),
  ];
}

const shownModel = z.object({ id: z.string(), object: z.literal('model'), created: z.int(), owned_by: z.string() });

const modelView = ({ id, createdAt, ownedBy }: ListedModel) => ({
  id,
  object: 'model' as const,
  created: Math.floor(createdAt.getTime() / 1000),
  owned_by: ownedBy,
});

function mayUse({ allowedModels, allowedModelTypes, blockedModels }: Caller, { id, type }: ListedModel): boolean {
  if (allowedModels && !allowedModels.includes(id)) return false;
  if (allowedModelTypes && !allowedModelTypes.includes(type)) return false;
  return !blockedModels?.includes(id);
}
