import { Model } from '../../entities/model.ts';
import type { ModelType, Prices } from '../../entities/model.ts';
import { ModelGroup } from '../../entities/model-group.ts';
import { Provider } from '../../entities/provider.ts';
import type { WireFormat } from '../../entities/provider.ts';
import type { Database } from '../../infra/database.ts';
import type { Keyring } from '../../infra/keyring.ts';
import type { Logger } from '../../infra/logger.ts';
import type { OutboundPolicy } from '../../infra/outbound.ts';

/** One public model name as one provider serves it, with what is needed to call it. Holds opened credentials. */
export type Deployment = {
  id: string;
  name: string;
  upstreamName: string;
  type: ModelType;
  displayName: string;
  provider: UpstreamProvider;
  contextTokens: number;
  maxOutputTokens: number;
  abilities: Abilities;
  prices: Prices;
  priceVersion: number;
  /** Ascending: 1 is tried before 2. Deployments of one name and one priority take turns by weight. */
  priority: number;
  weight: number;
  requestsPerMinute: number | null;
  tokensPerMinute: number | null;
  /** For the wire format alone, as the workflow of a ComfyUI model. */
  options: Record<string, unknown>;
  updatedAt: Date;
};

/** Null timeouts are those of the group or the configuration. */
export type UpstreamProvider = {
  id: string;
  baseUrl: string;
  wireFormat: WireFormat;
  credentials: string[];
  headers: Record<string, string>;
  timeoutMs: number | null;
  idleTimeoutMs: number | null;
  requestsPerMinute: number | null;
  tokensPerMinute: number | null;
};

/** What a model can do, and what a request needs of it. */
export type Abilities = {
  streaming: boolean;
  tools: boolean;
  vision: boolean;
  json: boolean;
  reasoning: boolean;
  documents: boolean;
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

export type SnapshotOptions = {
  database: Database;
  keyring: Keyring;
  outbound: OutboundPolicy;
  logger: Logger;
};

/** A provider at an address that must not be called any more is left out, as one that is disabled. */
export async function loadSnapshot({ database, outbound, ...rest }: SnapshotOptions): Promise<Snapshot> {
  const em = database.em.fork();
  const enabled = { enabled: true };
  const found = await em.find(Provider, enabled, { populate: ['sealedCredentials'] });
  const providers = found.filter(({ id: providerId, baseUrl }) => {
    const reason = outbound.refusal(baseUrl);
    if (reason !== null) rest.logger.error({ providerId, reason }, 'a provider must not be called at its address');
    return reason === null;
  });
  const models = await em.find(Model, enabled, { orderBy: { priority: 'asc', id: 'asc' } });
  const groups = await em.find(ModelGroup, enabled, { orderBy: { id: 'asc' } });

  const opened = new Map(providers.map((provider) => [provider.id, openProvider(provider, rest)]));
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

type Opening = Pick<SnapshotOptions, 'keyring' | 'logger'>;

/** A credential under a key that the keyring has lost is left out: the others may still work. */
export function openProvider(provider: Provider, { keyring, logger }: Opening): UpstreamProvider {
  const { id, baseUrl, wireFormat, headers } = provider;
  const credentials = provider.sealedCredentials.flatMap((sealed) => {
    try {
      return [keyring.openText(sealed)];
    } catch (error) {
      logger.error({ err: error, providerId: id }, 'a credential cannot be opened');
      return [];
    }
  });
  return {
    id,
    baseUrl,
    wireFormat,
    credentials,
    headers,
    timeoutMs: provider.timeoutMs ?? null,
    idleTimeoutMs: provider.idleTimeoutMs ?? null,
    requestsPerMinute: provider.requestsPerMinute ?? null,
    tokensPerMinute: provider.tokensPerMinute ?? null,
  };
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
    abilities: {
      streaming: model.supportsStreaming,
      tools: model.supportsTools,
      vision: model.supportsVision,
      json: model.supportsJson,
      reasoning: model.supportsReasoning,
      documents: model.supportsDocuments,
    },
    prices: model.prices,
    priceVersion: model.priceVersion,
    priority: model.priority,
    weight: model.weight,
    requestsPerMinute: model.requestsPerMinute ?? null,
    tokensPerMinute: model.tokensPerMinute ?? null,
    options: model.options,
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
