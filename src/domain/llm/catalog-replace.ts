import type { Em } from '../../infra/database.ts';
import type { createGroups } from './catalog-groups.ts';
import type { createModels } from './catalog-models.ts';
import type { createProviders } from './catalog-providers.ts';
import type { GroupInput, ModelInput, ProviderInput } from './catalog-rows.ts';

export type CatalogInput = { providers: ProviderInput[]; models: ModelInput[]; groups: GroupInput[] };

type Parts = {
  providers: ReturnType<typeof createProviders>;
  models: ReturnType<typeof createModels>;
  groups: ReturnType<typeof createGroups>;
};

/**
 * All of it or nothing: providers and models that are named are made or changed, and the groups are those that are named,
 * others are disabled. To be called within `Catalog.change`.
 * @throws AppError with the field, as `groups.1.model_ids.0`
 */
export async function replaceCatalog(em: Em, { providers, models, groups }: Parts, input: CatalogInput): Promise<void> {
  for (const [n, provider] of input.providers.entries()) await providers.put(em, provider, `providers.${n}.`);
  for (const [n, model] of input.models.entries()) await models.put(em, model, `models.${n}.`);
  for (const [n, group] of input.groups.entries()) await groups.put(em, group, `groups.${n}.`);
  await groups.disableOthers(
    em,
    input.groups.map(({ id }) => id),
  );
}
