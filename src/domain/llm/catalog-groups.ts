import { Model } from '../../entities/model.ts';
import { ModelGroup } from '../../entities/model-group.ts';
import { AppError, fieldError } from '../../errors.ts';
import type { Database, Em } from '../../infra/database.ts';
import { given } from './catalog-changes.ts';
import type { Changes } from './catalog-changes.ts';
import { putGroup } from './catalog-rows.ts';
import type { GroupInput, GroupSettings } from './catalog-rows.ts';

export type GroupChanges = Changes<GroupSettings>;

/** Groups as operators keep them. What writes is to be called within `Catalog.change`. */
export function createGroups({ database }: { database: Database }) {
  return {
    list: (): Promise<ModelGroup[]> => database.em.fork().find(ModelGroup, {}, { orderBy: { id: 'asc' } }),
    /** @throws AppError `not_found` */
    get: (id: string): Promise<ModelGroup> => findGroup(database.em.fork(), id),
    /** @throws AppError `conflict` when the id is taken; as `put` */
    async create(em: Em, input: GroupInput): Promise<ModelGroup> {
      if ((await em.count(ModelGroup, { id: input.id })) > 0) throw fieldError('conflict', 'group_id', 'is taken');
      return put(em, input);
    },
    put,
    /** @throws AppError `not_found`; `unprocessable` for a name that no model has */
    async update(em: Em, id: string, changes: GroupChanges): Promise<ModelGroup> {
      const group = await findGroup(em, id);
      if (changes.modelNames) await checkNames(em, changes.modelNames, '');
      em.assign(group, given<GroupSettings>(changes));
      await em.flush();
      return group;
    },
    /** @throws AppError `not_found` */
    async remove(em: Em, id: string): Promise<void> {
      await em.remove(await findGroup(em, id)).flush();
    },
    /** Disables all groups but these. */
    async disableOthers(em: Em, ids: string[]): Promise<void> {
      const others = await em.find(ModelGroup, { id: { $nin: ids }, enabled: true });
      for (const group of others) group.enabled = false;
      await em.flush();
    },
  };
}

/**
 * Makes or changes one.
 * @param at stands before the fields of a refusal
 * @throws AppError `conflict` when a model has the name, `unprocessable` for a name that no model has
 */
async function put(em: Em, input: GroupInput, at = ''): Promise<ModelGroup> {
  if ((await em.count(Model, { name: input.id })) > 0) {
    throw fieldError('conflict', `${at}group_id`, 'is the name of a model');
  }
  await checkNames(em, input.modelNames, at);
  return putGroup(em, input);
}

/** A misspelt name would be missed only when the models before it are down. */
async function checkNames(em: Em, names: string[], at: string): Promise<void> {
  const models = await em.find(Model, { name: { $in: names } }, { fields: ['name'] });
  const known = new Set(models.map(({ name }) => name));
  const unknown = names.findIndex((name) => !known.has(name));
  if (unknown >= 0) throw fieldError('unprocessable', `${at}model_ids.${unknown}`, 'no model has this name');
}

async function findGroup(em: Em, id: string): Promise<ModelGroup> {
  const group = await em.findOne(ModelGroup, { id });
  if (!group) throw new AppError('not_found', 'There is no such group.', { details: { group_id: id } });
  return group;
}
