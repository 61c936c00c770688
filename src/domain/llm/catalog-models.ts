import { Model } from '../../entities/model.ts';
import type { ModelType } from '../../entities/model.ts';
import { ModelGroup } from '../../entities/model-group.ts';
import { PriceVersion } from '../../entities/price-version.ts';
import { Provider } from '../../entities/provider.ts';
import { AppError, fieldError } from '../../errors.ts';
import type { Database, Em } from '../../infra/database.ts';
import { given } from './catalog-changes.ts';
import type { Changes } from './catalog-changes.ts';
import { changePrices, putModel } from './catalog-rows.ts';
import type { ModelInput, ModelSettings } from './catalog-rows.ts';

/** A model is known by its name and its provider, which stay. */
export type ModelChanges = Changes<ModelSettings>;

/** Deployments as operators keep them. What writes is to be called within `Catalog.change`. */
export function createModels({ database }: { database: Database }) {
  return {
    /** By name, then by priority. @throws AppError `not_found` for an unknown provider */
    async list({
      providerId,
      type,
    }: {
      providerId?: string | undefined;
      type?: ModelType | undefined;
    }): Promise<Model[]> {
      const em = database.em.fork();
      if (providerId !== undefined) await checkProvider(em, providerId, '');
      const which = { ...(providerId !== undefined && { providerId }), ...(type !== undefined && { type }) };
      return em.find(Model, which, { orderBy: { name: 'asc', priority: 'asc', id: 'asc' } });
    },
    /** @throws AppError `not_found` */
    get: (id: string): Promise<Model> => findModel(database.em.fork(), id),
    /** @throws AppError `conflict` when the provider offers the name already; as `put` */
    async create(em: Em, input: ModelInput): Promise<Model> {
      const { name, providerId } = input;
      if ((await em.count(Model, { name, providerId })) === 0) return put(em, input);
      throw fieldError('conflict', 'model_id', 'this provider has a model of this name');
    },
    put,
    /** @throws AppError `not_found` */
    async update(em: Em, id: string, { prices, ...changes }: ModelChanges): Promise<Model> {
      const model = await findModel(em, id);
      em.assign(model, given<ModelSettings>(changes));
      if (prices) changePrices(em, model, prices);
      await em.flush();
      return model;
    },
    /** Its price versions stay, for the usage that names them. @throws AppError `not_found` */
    async remove(em: Em, id: string): Promise<void> {
      await em.remove(await findModel(em, id)).flush();
    },
    /** Newest first; also of a model that was deleted. @throws AppError `not_found` */
    async priceVersions(id: string): Promise<PriceVersion[]> {
      const orderBy = { version: 'desc' } as const;
      const versions = await database.em.fork().find(PriceVersion, { modelId: id }, { orderBy });
      if (versions.length === 0) throw noSuchModel(id);
      return versions;
    },
  };
}

/**
 * Makes or changes one, by its name and its provider.
 * @param at stands before the fields of a refusal
 * @throws AppError `not_found` for an unknown provider, `conflict` when a group has the name
 */
async function put(em: Em, input: ModelInput, at = ''): Promise<Model> {
  await checkProvider(em, input.providerId, at);
  if ((await em.count(ModelGroup, { id: input.name })) > 0) {
    throw fieldError('conflict', `${at}model_id`, 'is the name of a group');
  }
  return putModel(em, input);
}

async function checkProvider(em: Em, id: string, at: string): Promise<void> {
  if ((await em.count(Provider, { id })) > 0) return;
  throw fieldError('not_found', `${at}provider_id`, 'there is no such provider');
}

async function findModel(em: Em, id: string): Promise<Model> {
  const model = await em.findOne(Model, { id });
  if (!model) throw noSuchModel(id);
  return model;
}

const noSuchModel = (id: string) => new AppError('not_found', 'There is no such model.', { details: { id } });
