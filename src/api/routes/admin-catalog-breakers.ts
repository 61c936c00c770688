import { z } from 'zod';
import type { Transition } from '../../domain/llm/llm.ts';
import type { ApiServices } from '../api-services.ts';
import { route } from '../route.ts';
import { noFilter, time } from '../schemas.ts';

export const adminCatalogBreakerRoutes = ({ llm: { catalog, breaker } }: Pick<ApiServices, 'llm'>) => [
  route({
    get: '/api/v1/admin/breakers',
    allow: 'operator',
    tag: 'admin catalog',
    query: noFilter,
    reply: { 200: z.object({ data: z.array(shownBreaker) }) },
    summary: 'The circuit breaker of each enabled model, and why it opened and closed.',
    handle: async () => ({
      data: await Promise.all(
        catalog.deployments().map(async ({ id, name, provider }) => ({
          id,
          model_id: name,
          provider_id: provider.id,
          state: await breaker.state(id),
          transitions: (await breaker.transitions(id)).map(transitionView),
        })),
      ),
    }),
  }),
];

export const breakerState = z.enum(['closed', 'open', 'half-open']);

export const shownTransition = z.object({ at: time, from: breakerState, to: breakerState, why: z.string() });

const shownBreaker = z.object({
  id: z.string(),
  model_id: z.string(),
  provider_id: z.string(),
  state: breakerState,
  transitions: z.array(shownTransition).describe('the last ones, oldest first'),
});

const transitionView = ({ at, from, to, why }: Transition) => ({ at, from, to, why });
