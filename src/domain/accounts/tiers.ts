import { ForeignKeyConstraintViolationException } from '@mikro-orm/core';
import type { ModelType } from '../../entities/model.ts';
import { Tier } from '../../entities/tier.ts';
import { AppError, fieldError } from '../../errors.ts';
import type { Database, Em } from '../../infra/database.ts';
import { createAdminActions } from '../admin/admin.ts';
import type { Limits } from '../usage/usage.ts';
import type { KeyCache } from './key-cache.ts';
import { allLimits } from '../usage/usage.ts';
import type { SomeLimits } from '../usage/usage.ts';

/** Null limits are no limits. New accounts start in the default tier. */
export type TierSettings = SomeLimits & {
  displayName: string;
  isDefault: boolean;
  /** Null: all. */
  allowedModelTypes: ModelType[] | null;
  /** Names of models that this tier may not use, however they are asked for. */
  blockedModels: string[] | null;
};
export type TierView = Limits & Omit<TierSettings, keyof Limits> & { id: string };

/** Which tier, and which of us changes it. */
export type TierEdit = { id: string; by: string };

type Parts = { database: Database; cache: KeyCache; now: () => Date };

/** What users may spend, by tier. Exactly one tier is the default at any time, also to those who read meanwhile. */
export function createTiers({ database, cache, now }: Parts) {
  const actions = createAdminActions({ database, now });

  return {
    async list(): Promise<TierView[]> {
      return (await database.em.fork().find(Tier, {}, { orderBy: { id: 'asc' } })).map(viewOf);
    },

    /** @throws AppError `not_found` */
    async get(id: string): Promise<TierView> {
      return viewOf(await tierOf(database.em.fork(), id));
    },

    /** @throws AppError `conflict` when there is a tier of this id */
    async create(edit: TierEdit, settings: TierSettings): Promise<TierView> {
      return inTurn(async (em) => {
        if (await em.findOne(Tier, { id: edit.id })) throw fieldError('conflict', 'id', 'there is such a tier already');
        if (settings.isDefault) await freeTheDefault(em);
        const tier = em.create(Tier, { id: edit.id, ...columns(settings) });
        await em.persist(tier).flush();
        await record(em, { edit, action: 'tier.create', details: settings });
        return viewOf(tier);
      });
    },

    /**
     * Replaces all settings; holds for the keys of its users in every process within a second.
     * @throws AppError `not_found`; `conflict` when there would be no default; `unavailable` when not every process could
     * be told, and it may be repeated
     */
    async replace(edit: TierEdit, settings: TierSettings): Promise<TierView> {
      const view = await inTurn(async (em) => {
        const { isDefault } = await tierOf(em, edit.id);
        if (isDefault && !settings.isDefault)
          throw fieldError('conflict', 'is_default', 'make another tier the default');
        if (!isDefault && settings.isDefault) await freeTheDefault(em);
        await em.nativeUpdate(Tier, { id: edit.id }, columns(settings));
        await record(em, { edit, action: 'tier.replace', details: settings });
        return { id: edit.id, ...columns(settings) };
      });
      await cache.forget({ kind: 'tier', id: edit.id });
      return view;
    },

    /** @throws AppError `not_found`; `conflict` for the default and for a tier that has users */
    async remove(edit: TierEdit): Promise<void> {
      await inTurn(async (em) => {
        const tier = await tierOf(em, edit.id);
        if (tier.isDefault)
          throw new AppError('conflict', 'The default tier cannot be deleted; make another the default.');
        await em
          .remove(tier)
          .flush()
          .catch((cause: unknown) => {
            if (!(cause instanceof ForeignKeyConstraintViolationException)) throw cause;
            throw new AppError('conflict', 'There are users in this tier; move them first.', { cause });
          });
        await record(em, { edit, action: 'tier.delete', details: {} });
      });
    },
  };

  /** One change at a time: two that make a default would meet at its unique index. */
  function inTurn<T>(change: (em: Em) => Promise<T>): Promise<T> {
    return database.em.fork().transactional(async (em) => {
      await em.execute(`select pg_advisory_xact_lock(hashtextextended('tiers', 0))`);
      return change(em);
    });
  }

  function record(em: Em, { edit, action, details }: { edit: TierEdit; action: string; details: object }) {
    return actions.record(em, { userId: edit.by, action, target: edit.id, details: { ...details } });
  }
}

/** The unique index allows no two; nobody outside of this transaction sees that there is none. */
async function freeTheDefault(em: Em): Promise<void> {
  await em.nativeUpdate(Tier, { isDefault: true }, { isDefault: false });
}

async function tierOf(em: Em, id: string): Promise<Tier> {
  const tier = await em.findOne(Tier, { id });
  if (!tier) throw new AppError('not_found', 'There is no such tier.');
  return tier;
}

function columns({ displayName, isDefault, allowedModelTypes, blockedModels, ...limits }: TierSettings) {
  return { displayName, isDefault, allowedModelTypes, blockedModels, ...allLimits(limits) };
}

function viewOf(tier: Tier): TierView {
  const { id, displayName, isDefault, allowedModelTypes = null, blockedModels = null } = tier;
  return { id, displayName, isDefault, allowedModelTypes, blockedModels, ...allLimits(tier) };
}
