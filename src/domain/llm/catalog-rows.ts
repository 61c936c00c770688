import type { ModelType, Prices } from '../../entities/model.ts';
import { Model } from '../../entities/model.ts';
import { ModelGroup } from '../../entities/model-group.ts';
import { PriceVersion } from '../../entities/price-version.ts';
import { Provider } from '../../entities/provider.ts';
import type { WireFormat } from '../../entities/provider.ts';
import type { Em } from '../../infra/database.ts';
import { newId } from '../../infra/ids.ts';
import type { Keyring } from '../../infra/keyring.ts';
import { given } from './catalog-changes.ts';
import type { Changes } from './catalog-changes.ts';

export type ProviderSettings = {
  displayName: string;
  description: string | null;
  /** With the version, as `https://api.openai.com/v1`. */
  baseUrl: string;
  wireFormat: WireFormat;
  /** Sent with every request; no place for secrets. */
  headers: Record<string, string>;
  timeoutMs: number | null;
  idleTimeoutMs: number | null;
  isDomestic: boolean;
  requestsPerMinute: number | null;
  tokensPerMinute: number | null;
  enabled: boolean;
};

export type ModelSettings = {
  upstreamName: string;
  displayName: string;
  type: ModelType;
  contextTokens: number;
  maxOutputTokens: number;
  supportsStreaming: boolean;
  supportsTools: boolean;
  supportsVision: boolean;
  supportsJson: boolean;
  supportsReasoning: boolean;
  supportsDocuments: boolean;
  prices: Prices;
  requestsPerMinute: number | null;
  tokensPerMinute: number | null;
  /** Ascending: 1 is tried before 2. */
  priority: number;
  /** Its share of the calls among deployments of one name and priority; 0 is asked last. */
  weight: number;
  options: Record<string, unknown>;
  enabled: boolean;
};

export type GroupSettings = {
  displayName: string;
  type: ModelType;
  modelNames: string[];
  fallbackEnabled: boolean;
  retryCount: number;
  timeoutMs: number;
  enabled: boolean;
};

/** All of a row: what is left out has its default, but for `credentials`: those that are there stay. */
export type ProviderInput = Changes<ProviderSettings> &
  Pick<ProviderSettings, 'displayName' | 'baseUrl' | 'enabled'> & {
    id: string;
    /** In the order to try them. A server that needs none is given any word. */
    credentials?: string[] | undefined;
  };
export type ModelInput = Changes<ModelSettings> &
  Pick<ModelSettings, 'upstreamName' | 'displayName' | 'type' | 'contextTokens' | 'maxOutputTokens' | 'prices'> & {
    name: string;
    providerId: string;
  };
export type GroupInput = Changes<GroupSettings> &
  Pick<GroupSettings, 'displayName' | 'type' | 'modelNames'> & { id: string };

/** Makes or changes a provider. Its credentials are sealed before they leave this process. */
export async function putProvider(em: Em, keyring: Keyring, input: ProviderInput): Promise<Provider> {
  const { id, displayName, baseUrl, credentials, ...rest } = input;
  const settings = { ...providerDefaults, ...given<ProviderSettings>(rest), displayName, baseUrl };
  const row = await em.findOne(Provider, { id }, { populate: ['sealedCredentials'] });
  const provider = row ? em.assign(row, settings) : em.create(Provider, { ...settings, id, sealedCredentials: [] });
  if (credentials) provider.sealedCredentials = credentials.map((credential) => keyring.sealText(credential));
  await em.flush();
  return provider;
}

/** Makes or changes what a provider offers under a name, by these two. Other prices are the next price version. */
export async function putModel(em: Em, { name, providerId, prices, ...input }: ModelInput): Promise<Model> {
  const { upstreamName, displayName, type, contextTokens, maxOutputTokens, ...rest } = input;
  const needed = { upstreamName, displayName, type, contextTokens, maxOutputTokens };
  const settings = { ...modelDefaults, ...given<Omit<ModelSettings, 'prices'>>(rest), ...needed };
  const row = await em.findOne(Model, { name, providerId });
  const model = row
    ? em.assign(row, settings)
    : em.create(Model, { ...settings, id: newId('mdl'), name, providerId, prices, priceVersion: 0 });
  changePrices(em, model, prices);
  await em.flush();
  return model;
}

export async function putGroup(
  em: Em,
  { id, displayName, type, modelNames, ...rest }: GroupInput,
): Promise<ModelGroup> {
  const settings = { ...groupDefaults, ...given<GroupSettings>(rest), displayName, type, modelNames };
  const row = await em.findOne(ModelGroup, { id });
  const group = row ? em.assign(row, settings) : em.create(ModelGroup, { ...settings, id });
  await em.flush();
  return group;
}

/** Each version stays, so that old usage can be reckoned again. A new model has version 0 before this. */
export function changePrices(em: Em, model: Model, prices: Prices): void {
  if (model.priceVersion > 0 && priceNames.every((name) => model.prices[name] === prices[name])) return;
  model.prices = prices;
  model.priceVersion += 1;
  em.create(PriceVersion, { modelId: model.id, version: model.priceVersion, prices, createdAt: new Date() });
}

const providerDefaults = {
  description: null,
  wireFormat: 'openai',
  headers: {},
  timeoutMs: null,
  idleTimeoutMs: null,
  isDomestic: false,
  requestsPerMinute: null,
  tokensPerMinute: null,
  enabled: false,
} as const;

const modelDefaults = {
  supportsStreaming: true,
  supportsTools: false,
  supportsVision: false,
  supportsJson: false,
  supportsReasoning: false,
  supportsDocuments: false,
  requestsPerMinute: null,
  tokensPerMinute: null,
  priority: 100,
  weight: 1,
  options: {},
  enabled: true,
} as const;

const groupDefaults = { fallbackEnabled: true, retryCount: 3, timeoutMs: 30_000, enabled: true };

const priceNames = [
  'inputNanos',
  'outputNanos',
  'cacheReadNanos',
  'cacheWrite5mNanos',
  'cacheWrite1hNanos',
  'reasoningNanos',
  'imageNanos',
  'audioSecondNanos',
  'millionCharactersNanos',
] as const satisfies (keyof Prices)[];
