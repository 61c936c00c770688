import { z } from 'zod';
import type { Em } from '../../infra/database.ts';
import type { ApiServices } from '../api-services.ts';
import { route } from '../route.ts';
import { id } from '../schemas.ts';
import type { CatalogChange } from './admin-catalog.ts';
import { isOn, toggle } from './admin-catalog-fields.ts';
import {
  changesOf,
  credentials,
  newProvider,
  providerChanges,
  providerInput,
  providerView,
  shownProvider,
} from './admin-catalog-provider-schema.ts';

type Parts = Pick<ApiServices, 'llm'> & { change: CatalogChange };

export const adminCatalogProviderRoutes = (parts: Parts) => [
  ...readings(parts),
  ...changes(parts),
  ...ofCredentials(parts),
];

const PATH = '/api/v1/admin/providers';
const params = z.object({ id });
const tag = 'admin catalog';

const readings = ({ llm: { catalog } }: Parts) => [
  route({
    get: PATH,
    allow: 'operator',
    tag,
    reply: { 200: z.object({ data: z.array(shownProvider) }) },
    summary: 'All providers. Of credentials, only how many there are.',
    handle: async () => ({ data: (await catalog.providers.list()).map(providerView) }),
  }),
  route({
    get: `${PATH}/:id`,
    allow: 'operator',
    tag,
    params,
    reply: { 200: shownProvider },
    summary: 'One provider.',
    handle: async ({ params: { id: target } }) => providerView(await catalog.providers.get(target)),
  }),
];

const changes = ({ llm: { catalog }, change }: Parts) => [
  route({
    post: PATH,
    allow: 'admin',
    tag,
    body: newProvider,
    reply: { 201: shownProvider },
    summary: 'Add a provider. An enabled one needs a credential, unless it speaks ComfyUI.',
    handle: async ({ user, body }) => {
      const input = providerInput(body);
      const write = (em: Em) => catalog.providers.create(em, input);
      return providerView(await change({ user, action: 'provider.create', target: input.id, details: body, write }));
    },
  }),
  route({
    put: `${PATH}/:id`,
    allow: 'admin',
    tag,
    params,
    body: providerChanges,
    reply: { 200: shownProvider },
    summary: 'Change the given fields of a provider; the others and its credentials stay.',
    handle: async ({ user, params: { id: target }, body }) => {
      const write = (em: Em) => catalog.providers.update(em, target, changesOf(body));
      return providerView(await change({ user, action: 'provider.update', target, details: body, write }));
    },
  }),
  route({
    put: `${PATH}/:id/toggle`,
    allow: 'admin',
    tag,
    params,
    query: toggle,
    reply: { 200: shownProvider },
    summary: 'Enable or disable a provider, and with it all of its models.',
    handle: async ({ user, params: { id: target }, query }) => {
      const write = (em: Em) => catalog.providers.update(em, target, { enabled: isOn(query) });
      return providerView(await change({ user, action: 'provider.toggle', target, details: query, write }));
    },
  }),
  route({
    delete: `${PATH}/:id`,
    allow: 'admin',
    tag,
    params,
    reply: { 204: z.void() },
    summary: 'Delete a provider that has no models.',
    handle: ({ user, params: { id: target } }) =>
      change({ user, action: 'provider.delete', target, write: (em) => catalog.providers.remove(em, target) }),
  }),
];

const ofCredentials = ({ llm, change }: Parts) => [
  route({
    post: `${PATH}/:id/rotate-key`,
    allow: 'admin',
    tag,
    params,
    body: z.strictObject({ credentials: credentials.min(1) }),
    reply: { 200: shownProvider },
    summary: 'Put new credentials in the place of the old ones; every process uses them within a second.',
    handle: async ({ user, params: { id: target }, body }) => {
      const write = (em: Em) => llm.catalog.providers.rotate(em, target, body.credentials);
      return providerView(await change({ user, action: 'provider.rotate-key', target, details: body, write }));
    },
  }),
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
    handle: ({ params: { id: target }, query }) => llm.testProvider(target, query.model),
  }),
];

const testResult = z.object({
  ok: z.boolean(),
  status: z.int().nullable().describe('its own; null when it could not be reached'),
  latency_ms: z.number(),
  message: z.string(),
});
