import { z } from 'zod';
import type { Em } from '../../infra/database.ts';
import type { ApiServices } from '../api-services.ts';
import { route } from '../route.ts';
import { id } from '../schemas.ts';
import type { CatalogChange } from './admin-catalog.ts';
import {
  changesOf,
  credentials,
  newProvider,
  providerChanges,
  providerInput,
  providerView,
  shownProvider,
} from './admin-catalog-provider-schema.ts';
import { catalogResource, params, tag } from './admin-catalog-resource.ts';

type Parts = Pick<ApiServices, 'llm'> & { change: CatalogChange };

export function adminCatalogProviderRoutes({ llm, change }: Parts) {
  const rows = llm.catalog.providers;
  const provider = catalogResource({ name: 'provider', shown: shownProvider, view: providerView, rows, change });
  return [
    provider.list('All providers. Of credentials, only how many there are.', () => rows.list()),
    provider.get('One provider.'),
    provider.create(
      'Add a provider. An enabled one needs a credential, unless it speaks ComfyUI.',
      newProvider,
      providerInput,
    ),
    provider.update(
      'Change the given fields of a provider; the others and its credentials stay.',
      providerChanges,
      changesOf,
    ),
    provider.toggle('Enable or disable a provider, and with it all of its models.'),
    provider.remove('Delete a provider that has no models.'),
    rotateKeyRoute(rows, change),
    testRoute(llm),
  ];
}

const PATH = '/api/v1/admin/providers';

const rotateKeyRoute = (providers: Parts['llm']['catalog']['providers'], change: CatalogChange) =>
  route({
    post: `${PATH}/:id/rotate-key`,
    allow: 'admin',
    tag,
    params,
    body: z.strictObject({ credentials: credentials.min(1) }),
    reply: { 200: shownProvider },
    summary: 'Put new credentials in the place of the old ones; every process uses them within a second.',
    handle: async ({ user, params: { id: target }, body }) => {
      const write = (em: Em) => providers.rotate(em, target, body.credentials);
      return providerView(await change({ user, action: 'provider.rotate-key', target, details: body, write }));
    },
  });

const testRoute = ({ testProvider }: Parts['llm']) =>
  route({
    post: `${PATH}/:id/test`,
    allow: 'admin',
    tag,
    params,
    query: z.object({
      model: id
        .optional()
        .describe('the `id` of one of its models, to be asked for one token; else it is asked for its list'),
    }),
    reply: { 200: testResult },
    summary: 'Make one small, real call to a provider, enabled or not.',
    handle: ({ params: { id: target }, query }) => testProvider(target, query.model),
  });

const testResult = z.object({
  ok: z.boolean(),
  status: z.int().nullable().describe('its own; null when it could not be reached'),
  latency_ms: z.number(),
  message: z.string(),
});
