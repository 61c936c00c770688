import { z } from 'zod';
import type { Em } from '../../infra/database.ts';
import type { ApiServices } from '../api-services.ts';
import { route } from '../route.ts';
import { id, time } from '../schemas.ts';
import type { CatalogChange } from './admin-catalog.ts';
import { isOn, shortId, toggle } from './admin-catalog-fields.ts';
import {
  changesOf,
  modelChanges,
  modelInput,
  modelType,
  modelView,
  newModel,
  prices,
  pricesView,
  priority,
  shownModel,
} from './admin-catalog-model-schema.ts';

type Parts = Pick<ApiServices, 'llm'> & { change: CatalogChange };

export const adminCatalogModelRoutes = (parts: Parts) => [
  ...readings(parts),
  ...wholeChanges(parts),
  ...smallChanges(parts),
];

const PATH = '/api/v1/admin/models';
const params = z.object({ id });
const tag = 'admin catalog';
const idOf = (model: { id: string }) => model.id;

const readings = ({ llm: { catalog } }: Parts) => [
  route({
    get: PATH,
    allow: 'operator',
    tag,
    query: z.object({ provider_id: shortId.optional(), model_type: modelType.optional() }),
    reply: { 200: z.object({ data: z.array(shownModel) }) },
    summary: 'All models: one entry for each provider that offers a name.',
    handle: async ({ query }) => {
      const models = await catalog.models.list({ providerId: query.provider_id, type: query.model_type });
      return { data: models.map(modelView) };
    },
  }),
  route({
    get: `${PATH}/:id`,
    allow: 'operator',
    tag,
    params,
    reply: { 200: shownModel },
    summary: 'One model.',
    handle: async ({ params: { id: target } }) => modelView(await catalog.models.get(target)),
  }),
  route({
    get: `${PATH}/:id/price-versions`,
    allow: 'operator',
    tag,
    params,
    reply: { 200: z.object({ data: z.array(z.object({ version: z.int(), prices, created_at: time })) }) },
    summary: 'What a model has charged, newest first; also after it was deleted.',
    handle: async ({ params: { id: target } }) => {
      const versions = await catalog.models.priceVersions(target);
      return {
        data: versions.map(({ version, prices: charged, createdAt }) => ({
          version,
          prices: pricesView(charged),
          created_at: createdAt,
        })),
      };
    },
  }),
];

const wholeChanges = ({ llm: { catalog }, change }: Parts) => [
  route({
    post: PATH,
    allow: 'admin',
    tag,
    body: newModel,
    reply: { 201: shownModel },
    summary: 'Offer a model of a provider under a name.',
    handle: async ({ user, body }) => {
      const write = (em: Em) => catalog.models.create(em, modelInput(body));
      return modelView(await change({ user, action: 'model.create', target: idOf, details: body, write }));
    },
  }),
  route({
    put: `${PATH}/:id`,
    allow: 'admin',
    tag,
    params,
    body: modelChanges,
    reply: { 200: shownModel },
    summary: 'Change the given fields of a model; the others stay. Other prices are the next price version.',
    handle: async ({ user, params: { id: target }, body }) => {
      const write = (em: Em) => catalog.models.update(em, target, changesOf(body));
      return modelView(await change({ user, action: 'model.update', target, details: body, write }));
    },
  }),
  route({
    delete: `${PATH}/:id`,
    allow: 'admin',
    tag,
    params,
    reply: { 204: z.void() },
    summary: 'Delete a model. Groups that name it pass it over; its usage and its price versions stay.',
    handle: ({ user, params: { id: target } }) =>
      change({ user, action: 'model.delete', target, write: (em) => catalog.models.remove(em, target) }),
  }),
];

const smallChanges = ({ llm: { catalog }, change }: Parts) => [
  route({
    put: `${PATH}/:id/toggle`,
    allow: 'admin',
    tag,
    params,
    query: toggle,
    reply: { 200: shownModel },
    summary: 'Enable or disable a model.',
    handle: async ({ user, params: { id: target }, query }) => {
      const write = (em: Em) => catalog.models.update(em, target, { enabled: isOn(query) });
      return modelView(await change({ user, action: 'model.toggle', target, details: query, write }));
    },
  }),
  route({
    put: `${PATH}/:id/priority`,
    allow: 'admin',
    tag,
    params,
    query: z.object({ priority: z.coerce.number().pipe(priority) }),
    reply: { 200: shownModel },
    summary: 'Say when a model is tried among those of its name.',
    handle: async ({ user, params: { id: target }, query }) => {
      const write = (em: Em) => catalog.models.update(em, target, { priority: query.priority });
      return modelView(await change({ user, action: 'model.priority', target, details: query, write }));
    },
  }),
];
