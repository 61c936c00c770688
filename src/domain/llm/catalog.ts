import type { Redis } from 'ioredis';
import type { ModelType } from '../../entities/model.ts';
import type { Database, Em } from '../../infra/database.ts';
import type { Keyring } from '../../infra/keyring.ts';
import type { Logger } from '../../infra/logger.ts';
import type { OutboundPolicy } from '../../infra/outbound.ts';
import type { Caller } from '../usage/usage.ts';
import type { ChainPlan } from './chain.policy.ts';
import { clientConfig } from './catalog-config.ts';
import type { ClientConfig } from './catalog-config.ts';
import { createGroups } from './catalog-groups.ts';
import { createModels } from './catalog-models.ts';
import { createProviders } from './catalog-providers.ts';
import { replaceCatalog } from './catalog-replace.ts';
import type { CatalogInput } from './catalog-replace.ts';
import { putGroup, putModel, putProvider } from './catalog-rows.ts';
import type { GroupInput, ModelInput, ProviderInput } from './catalog-rows.ts';
import { emptySnapshot, loadSnapshot } from './catalog-snapshot.ts';
import type { Abilities, Deployment, ListedModel } from './catalog-snapshot.ts';
import { resolveRoute } from './resolve.ts';

export type CatalogOptions = {
  database: Database;
  redis: Redis;
  /** For pub/sub; may be shared with other listeners. */
  subscriber: Redis;
  keyring: Keyring;
  /** Where providers may be. */
  outbound: OutboundPolicy;
  logger: Logger;
  /** Of a request to a model by its own name; a group has its own. */
  timeoutMs: number;
};

/** What a request needs of a model. `outputTokens` null: as many as the model writes. */
export type Needs = {
  /** Types that can answer it: a chat goes to text, reasoning and vision models. */
  types: readonly ModelType[];
  abilities: Partial<Abilities>;
  inputTokens: number;
  outputTokens: number | null;
  caller: Pick<Caller, 'allowedModels' | 'allowedModelTypes' | 'blockedModels'>;
};
export type Route = ChainPlan & { timeoutMs: number };
export type Catalog = ReturnType<typeof createCatalog>;

/**
 * Providers, models and groups in memory, so that no call reads Postgres. A change made by any process is here within a
 * second: it is told over Redis, and everything is read again every 30 seconds in case the telling was lost.
 */
export function createCatalog({ database, redis, subscriber, keyring, outbound, logger, timeoutMs }: CatalogOptions) {
  const providers = createProviders({ database, keyring, outbound });
  const models = createModels({ database });
  const groups = createGroups({ database });
  const channel = `${redis.options.keyPrefix ?? ''}catalog`;
  let snapshot = emptySnapshot;
  let loading: Promise<void> | undefined;
  let stale = false;
  let timer: NodeJS.Timeout | undefined;

  async function reload(): Promise<void> {
    do {
      stale = false;
      snapshot = await loadSnapshot({ database, keyring, outbound, logger });
    } while (stale); // something changed while we read
  }

  function refresh(): Promise<void> {
    stale = true;
    loading ??= reload().finally(() => (loading = undefined));
    return loading;
  }

  function refreshAlone(): void {
    refresh().catch((error: unknown) => logger.warn({ err: error }, 'the catalog could not be read again'));
  }

  function onMessage(from: string): void {
    if (from === channel) refreshAlone();
  }

  /**
   * Writes in one transaction; writers take turns, so that each sees what the one before it wrote. Once it resolves this
   * process knows of the change; the others do within a second.
   */
  async function change<T>(write: (em: Em) => Promise<T>): Promise<T> {
    const result = await database.em.fork().transactional(async (em) => {
      await em.execute(`select pg_advisory_xact_lock(${CATALOG_LOCK})`);
      return write(em);
    });
    await refresh();
    await redis.publish(channel, 'changed').catch((error: unknown) => logger.warn({ err: error }, 'nobody was told'));
    return result;
  }

  return {
    /** Reads everything once and listens from then on. @throws when Postgres does not answer */
    async open(): Promise<void> {
      subscriber.on('message', onMessage);
      subscriber.on('ready', refreshAlone);
      void subscriber.subscribe(channel).catch((error: unknown) => logger.warn({ err: error }, 'not subscribed'));
      await refresh();
      timer = setInterval(refreshAlone, RELOAD_MS).unref();
    },
    async close(): Promise<void> {
      clearInterval(timer);
      subscriber.off('message', onMessage);
      subscriber.off('ready', refreshAlone);
      await loading?.catch(() => undefined);
    },
    /**
     * The deployments that may answer, in the order to try them.
     * @param random from 0 up to 1, for the turns of deployments of one name and priority
     * @throws AppError `not_found` naming `model`, `forbidden` for a key or a tier that may not use it, `invalid_request`
     * when none of its models is of a right type, can do what is needed, or is large enough
     */
    resolve: (name: string, needs: Needs, random: () => number = Math.random): Route =>
      resolveRoute(snapshot, { name, needs, timeoutMs, random }),
    deployment: (modelId: string): Deployment | undefined => snapshot.byId.get(modelId),
    /** All that are enabled. */
    deployments: (): Deployment[] => [...snapshot.byId.values()],
    /** Models and groups that can be asked for, by name; never a key. */
    list: (): ListedModel[] => snapshot.listed,
    clientConfig: (tier: Pick<Caller, 'allowedModelTypes' | 'blockedModels'>): ClientConfig =>
      clientConfig(snapshot, tier),
    change,
    providers,
    models,
    groups,
    /** To be called within `change`; throws as `replaceCatalog` says. */
    replace: (em: Em, input: CatalogInput): Promise<void> => replaceCatalog(em, { providers, models, groups }, input),
    /** For what sets an installation up: whatever it is given, at whatever address. */
    async upsertProvider(input: ProviderInput): Promise<void> {
      await change((em) => putProvider(em, keyring, input));
    },
    /** @returns the model's id */
    async upsertModel(input: ModelInput): Promise<string> {
      const { id } = await change((em) => putModel(em, input));
      return id;
    },
    async upsertGroup(input: GroupInput): Promise<void> {
      await change((em) => putGroup(em, input));
    },
  };
}

const RELOAD_MS = 30_000;
/** Any number that nothing else in this database locks on. */
const CATALOG_LOCK = 8_412_002;
