import type { Redis } from 'ioredis';
import type { Database } from '../../infra/database.ts';
import type { Keyring } from '../../infra/keyring.ts';
import type { Logger } from '../../infra/logger.ts';
import type { ChainPlan } from './chain.policy.ts';
import { putGroup, putModel, putProvider } from './catalog-rows.ts';
import type { GroupInput, ModelInput, ProviderInput } from './catalog-rows.ts';
import { emptySnapshot, loadSnapshot } from './catalog-snapshot.ts';
import type { Deployment, ListedModel } from './catalog-snapshot.ts';
import type { Abilities } from './chat-request.ts';
import { resolveRoute } from './resolve.ts';

export type CatalogOptions = {
  database: Database;
  redis: Redis;
  /** For pub/sub; may be shared with other listeners. */
  subscriber: Redis;
  keyring: Keyring;
  logger: Logger;
  /** Of a request to a model by its own name; a group has its own. */
  timeoutMs: number;
};

export type Needs = Abilities & { inputTokens: number; outputTokens: number | null; allowedModels: string[] | null };
export type Route = ChainPlan & { timeoutMs: number };
export type Catalog = ReturnType<typeof createCatalog>;

/**
 * Providers, models and groups in memory, so that no call reads Postgres. A change made by any process is here within a
 * second: it is told over Redis, and everything is read again every 30 seconds in case the telling was lost.
 */
export function createCatalog({ database, redis, subscriber, keyring, logger, timeoutMs }: CatalogOptions) {
  const channel = `${redis.options.keyPrefix ?? ''}catalog`;
  let snapshot = emptySnapshot;
  let loading: Promise<void> | undefined;
  let stale = false;
  let timer: NodeJS.Timeout | undefined;

  async function reload(): Promise<void> {
    do {
      stale = false;
      snapshot = await loadSnapshot(database, keyring, logger);
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

  /** Once it resolves this process knows of the change; the others do within a second. */
  async function changed<T>(write: Promise<T>): Promise<T> {
    const result = await write;
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
     * @throws AppError `not_found` naming `model`, `forbidden` for a key that may not use it, `invalid_request` when none
     * of its models can do what is needed
     */
    resolve: (name: string, needs: Needs): Route => resolveRoute(snapshot, { name, needs, timeoutMs }),
    deployment: (modelId: string): Deployment | undefined => snapshot.byId.get(modelId),
    /** Models and groups that can be asked for, by name; never a key. */
    list: (): ListedModel[] => snapshot.listed,
    upsertProvider: (input: ProviderInput) => changed(putProvider(database, keyring, input)),
    /** @returns the model's id */
    upsertModel: (input: ModelInput) => changed(putModel(database, input)),
    upsertGroup: (input: GroupInput) => changed(putGroup(database, input)),
  };
}

const RELOAD_MS = 30_000;
