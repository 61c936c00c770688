import { Model } from '../../entities/model.ts';
import type { ModelType, Prices } from '../../entities/model.ts';
import { ModelGroup } from '../../entities/model-group.ts';
import { Provider } from '../../entities/provider.ts';
import type { Database } from '../../infra/database.ts';
import type { Keyring } from '../../infra/keyring.ts';
import type { Logger } from '../../infra/logger.ts';
import type { Abilities } from './chat-request.ts';

/** One public model name as one provider serves it, with what is needed to call it. Holds opened credentials. */
export type Deployment = {
  id: string;
  name: string;
  upstreamName: string;
  type: ModelType;
  displayName: string;
  provider: { id: string; baseUrl: string; credentials: string[] };
  contextTokens: number;
  maxOutputTokens: number;
  abilities: Abilities;
  prices: Prices;
  priceVersion: number;
  updatedAt: Date;
};

export type ListedModel = {
  id: string;
  kind: 'model' | 'group';
  type: ModelType;
  displayName: string;
  ownedBy: string;
  contextTokens: number;
  maxOutputTokens: number;
  createdAt: Date;
};

/** The enabled part of the catalog at one moment; deployments of one name by ascending priority. */
export type Snapshot = {
  byId: ReadonlyMap<string, Deployment>;
  byName: ReadonlyMap<string, Deployment[]>;
  groups: ReadonlyMap<string, ModelGroup>;
  listed: ListedModel[];
};

export const emptySnapshot: Snapshot = { byId: new Map(), byName: new Map(), groups: new Map(), listed: [] };

export async function loadSnapshot(database: Database, keyring: Keyring, logger: Logger): Promise<Snapshot> {
  const em = database.em.fork();
  const enabled = { enabled: true };
  const providers = await em.find(Provider, enabled, { populate: ['sealedCredentials'] });
  const models = await em.find(Model, enabled, { orderBy: { priority: 'asc', id: 'asc' } });
  const groups = await em.find(ModelGroup, enabled, { orderBy: { id: 'asc' } });

  const opened = new Map(providers.map((provider) => [provider.id, openProvider(provider, keyring, logger)]));
  const deployments = models.flatMap((model) => {
    const provider = opened.get(model.providerId);
    return provider ? [toDeployment(model, provider)] : [];
  });
  const byName = Map.groupBy(deployments, ({ name }) => name);
  return {
    byId: new Map(deployments.map((deployment) => [deployment.id, deployment])),
    byName,
    groups: new Map(groups.map((group) => [group.id, group])),
    listed: [...groups.flatMap((group) => listGroup(group, byName)), ...[...byName.values()].flatMap(listModel)],
  };
}

/** A credential under a key that the keyring has lost is left out: the others may still work. */
function openProvider({ id, baseUrl, sealedCredentials }: Provider, keyring: Keyring, logger: Logger) {
  const credentials = sealedCredentials.flatMap((sealed) => {
    try {
      return [keyring.openText(sealed)];
    } catch (error) {
      logger.error({ err: error, providerId: id }, 'a credential cannot be opened');
      return [];
    }
  });
  return { id, baseUrl, credentials };
}

function toDeployment(model: Model, provider: Deployment['provider']): Deployment {
  const { id, name, upstreamName, type, displayName, contextTokens, maxOutputTokens, updatedAt } = model;
  return {
    id,
    name,
    upstreamName,
    type,
    displayName,
    provider,
    contextTokens,
    maxOutputTokens,
    abilities: { tools: model.supportsTools, vision: model.supportsVision, json: model.supportsJson },
    prices: model.prices,
    priceVersion: model.priceVersion,
    updatedAt,
  };
}

function listModel([first, ...others]: Deployment[]): ListedModel[] {
  if (!first) return [];
  const { name: id, type, displayName, provider, updatedAt: createdAt } = first;
  return [{ id, kind: 'model', type, displayName, ownedBy: provider.id, createdAt, ...largest([first, ...others]) }];
}

function listGroup(group: ModelGroup, byName: ReadonlyMap<string, Deployment[]>): ListedModel[] {
  const deployments = group.modelNames.flatMap((name) => byName.get(name) ?? []);
  if (deployments.length === 0) return [];
  const { id, type, displayName, updatedAt: createdAt } = group;
  return [{ id, kind: 'group', type, displayName, ownedBy: 'ai-creator-cloud', createdAt, ...largest(deployments) }];
}

const largest = (deployments: Deployment[]) => ({
  contextTokens: Math.max(...deployments.map(({ contextTokens }) => contextTokens)),
  maxOutputTokens: Math.max(...deployments.map(({ maxOutputTokens }) => maxOutputTokens)),
});
