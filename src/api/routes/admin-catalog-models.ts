import { z } from 'zod';
import type { Em } from '../../infra/database.ts';
import type { ApiServices } from '../api-services.ts';
import { route } from '../route.ts';
import { digits, time } from '../schemas.ts';
import type { CatalogChange } from './admin-catalog.ts';
import { shortId } from './admin-catalog-fields.ts';
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
import { catalogResource, params, tag } from './admin-catalog-resource.ts';

type Parts = Pick<ApiServices, 'llm'> & { change: CatalogChange };

export function adminCatalogModelRoutes({ llm, change }: Parts) {
  const rows = llm.catalog.models;
  const model = catalogResource({ name: 'model', shown: shownModel, view: modelView, rows, change });
  return [
    listRoute(rows),
    model.get('One model.'),
    priceVersionsRoute(rows),
    model.create('Offer a model of a provider under a name.', newModel, modelInput),
    model.update(
      'Change the given fields of a model; the others stay. Other prices are the next price version.',
      modelChanges,
      changesOf,
    ),
    model.remove('Delete a model. Groups that name it pass it over; its usage and its price versions stay.'),
    model.toggle('Enable or disable a model.'),
    priorityRoute(rows, change),
  ];
}

type Models = Parts['llm']['catalog']['models'];

const PATH = '/api/v1/admin/models';

const listRoute = (models: Models) =>
  route({
    get: PATH,
    allow: 'operator',
    tag,
    query: z.strictObject({ provider_id: shortId.optional(), model_type: modelType.optional() }),
    reply: { 200: z.object({ data: z.array(shownModel) }) },
    summary: 'All models: one entry for each provider that offers a name.',
    handle: async ({ query }) => {
      const found = await models.list({ providerId: query.provider_id, type: query.model_type });
      return { data: found.map(modelView) };
    },
  });

const priceVersionsRoute = (models: Models) =>
  route({
    get: `${PATH}/:id/price-versions`,
    allow: 'operator',
    tag,
    params,
    reply: { 200: z.object({ data: z.array(z.object({ version: z.int(), prices, created_at: time })) }) },
    summary: 'What a model has charged, newest first; also after it was deleted.',
    handle: async ({ params: { id: target } }) => {
      const versions = await models.priceVersions(target);
      return {
        data: versions.map(({ version, prices: charged, createdAt }) => ({
          version,
          prices: pricesView(charged),
          created_at: createdAt,
        })),
      };
    },
  });

const priorityRoute = (models: Models, change: CatalogChange) =>
  route({
    put: `${PATH}/:id/priority`,
    allow: 'admin',
    tag,
    params,
    query: z.object({ priority: digits.pipe(priority) }),
    reply: { 200: shownModel },
    summary: 'Say when a model is tried among those of its name.',
    handle: async ({ user, params: { id: target }, query }) => {
      const write = (em: Em) => models.update(em, target, query);
      return modelView(await change({ user, action: 'model.priority', target, details: query, write }));
    },
  });
