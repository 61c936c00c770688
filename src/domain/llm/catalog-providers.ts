import { z } from 'zod';
import { Model } from '../../entities/model.ts';
import { Provider } from '../../entities/provider.ts';
import { AppError, fieldError } from '../../errors.ts';
import type { Database, Em } from '../../infra/database.ts';
import type { Keyring } from '../../infra/keyring.ts';
import type { OutboundPolicy } from '../../infra/outbound.ts';
import { given } from './catalog-changes.ts';
import type { Changes } from './catalog-changes.ts';
import { putProvider } from './catalog-rows.ts';
import type { ProviderInput, ProviderSettings } from './catalog-rows.ts';

export type ProvidersOptions = { database: Database; keyring: Keyring; outbound: OutboundPolicy };

export type ProviderChanges = Changes<ProviderSettings>;

/** A provider as operators see it: how many credentials it has, and none of them; the names of headers, not their values. */
export type ProviderView = Omit<Provider, 'sealedCredentials' | 'headers'> & {
  credentialCount: number;
  headerNames: string[];
  modelCount: number;
};

/** Providers as operators keep them. What writes is to be called within `Catalog.change`. */
export function createProviders({ database, keyring, outbound }: ProvidersOptions) {
  /** An enabled provider can be asked: at an address that may be called, with a credential if its format has any. */
  function check({ baseUrl, enabled, wireFormat, sealedCredentials }: Provider, at: string): void {
    outbound.assertAllowed(baseUrl, `${at}base_url`);
    if (!enabled || wireFormat === 'comfyui' || sealedCredentials.length > 0) return;
    throw fieldError('unprocessable', `${at}credentials`, 'an enabled provider needs one');
  }

  async function put(em: Em, input: ProviderInput, at = ''): Promise<ProviderView> {
    const provider = await putProvider(em, keyring, input);
    check(provider, at);
    return viewIn(em, provider);
  }

  return {
    async list(): Promise<ProviderView[]> {
      const em = database.em.fork();
      const providers = await em.find(Provider, {}, { populate: ['sealedCredentials'], orderBy: { id: 'asc' } });
      const counts = z.array(countRow).parse(await em.execute(countModels));
      const countOf = new Map(counts.map(({ id, models }) => [id, models]));
      return providers.map((provider) => viewOf(provider, countOf.get(provider.id) ?? 0));
    },
    /** @throws AppError `not_found` */
    async get(id: string): Promise<ProviderView> {
      const em = database.em.fork();
      return viewIn(em, await findProvider(em, id));
    },
    /** @throws AppError `conflict` when the id is taken; as `put` */
    async create(em: Em, input: ProviderInput): Promise<ProviderView> {
      if ((await em.count(Provider, { id: input.id })) > 0) throw fieldError('conflict', 'provider_id', 'is taken');
      return put(em, input);
    },
    /**
     * Makes or changes one.
     * @param at stands before the fields of a refusal
     * @throws AppError `invalid_request` for a base URL that may not be called, `unprocessable` for an enabled provider
     * without a credential
     */
    put,
    /** @throws AppError `not_found`; as `put` */
    async update(em: Em, id: string, changes: ProviderChanges): Promise<ProviderView> {
      const provider = await findProvider(em, id);
      em.assign(provider, given<ProviderSettings>(changes));
      check(provider, '');
      await em.flush();
      return viewIn(em, provider);
    },
    /** The new credentials, in the order to try them, instead of the old ones. @throws AppError `not_found` */
    async rotate(em: Em, id: string, credentials: string[]): Promise<ProviderView> {
      const provider = await findProvider(em, id);
      provider.sealedCredentials = credentials.map((credential) => keyring.sealText(credential));
      await em.flush();
      return viewIn(em, provider);
    },
    /** @throws AppError `not_found`; `conflict` while it has models */
    async remove(em: Em, id: string): Promise<void> {
      const provider = await findProvider(em, id);
      const models = await em.count(Model, { providerId: id });
      if (models > 0) throw fieldError('conflict', 'id', `the provider still has ${models} models`);
      await em.remove(provider).flush();
    },
  };
}

const countModels = 'select provider_id as id, count(*)::int as models from models group by provider_id';
const countRow = z.object({ id: z.string(), models: z.number() });

async function findProvider(em: Em, id: string): Promise<Provider> {
  const provider = await em.findOne(Provider, { id }, { populate: ['sealedCredentials'] });
  if (!provider) throw new AppError('not_found', 'There is no such provider.', { details: { provider_id: id } });
  return provider;
}

const viewIn = async (em: Em, provider: Provider) =>
  viewOf(provider, await em.count(Model, { providerId: provider.id }));

function viewOf(provider: Provider, modelCount: number): ProviderView {
  return {
    id: provider.id,
    displayName: provider.displayName,
    description: provider.description,
    baseUrl: provider.baseUrl,
    wireFormat: provider.wireFormat,
    timeoutMs: provider.timeoutMs,
    idleTimeoutMs: provider.idleTimeoutMs,
    isDomestic: provider.isDomestic,
    requestsPerMinute: provider.requestsPerMinute,
    tokensPerMinute: provider.tokensPerMinute,
    enabled: provider.enabled,
    updatedAt: provider.updatedAt,
    credentialCount: provider.sealedCredentials.length,
    headerNames: Object.keys(provider.headers),
    modelCount,
  };
}
