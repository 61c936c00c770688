import { z } from 'zod';
import type { ModelType, Prices } from '../../entities/model.ts';
import { ModelGroup } from '../../entities/model-group.ts';
import { Provider } from '../../entities/provider.ts';
import type { Database } from '../../infra/database.ts';
import { newId } from '../../infra/ids.ts';
import type { Keyring } from '../../infra/keyring.ts';

export type ProviderInput = {
  id: string;
  displayName: string;
  /** With the version, as `https://api.openai.com/v1`. */
  baseUrl: string;
  /** In the order to try them; left out, those that are there stay. */
  credentials?: string[];
  isDomestic?: boolean;
  enabled: boolean;
};

export type ModelInput = {
  name: string;
  providerId: string;
  upstreamName: string;
  displayName: string;
  type: ModelType;
  contextTokens: number;
  maxOutputTokens: number;
  supportsTools?: boolean;
  supportsVision?: boolean;
  supportsJson?: boolean;
  prices: Prices;
  /** Ascending: 1 is tried before 2. */
  priority?: number;
  enabled?: boolean;
};

export type GroupInput = {
  id: string;
  displayName: string;
  type: ModelType;
  modelNames: string[];
  fallbackEnabled?: boolean;
  retryCount?: number;
  timeoutMs?: number;
  enabled?: boolean;
};

/** Makes or changes a provider. Its credentials are sealed before they leave this process. */
export async function putProvider(database: Database, keyring: Keyring, input: ProviderInput): Promise<void> {
  const { credentials, isDomestic = false, ...row } = input;
  const sealedCredentials = (credentials ?? []).map((credential) => keyring.sealText(credential));
  const given = { ...row, isDomestic, wireFormat: 'openai', sealedCredentials, updatedAt: new Date() } as const;
  await database.em.fork().upsert(Provider, given, {
    onConflictFields: ['id'],
    onConflictExcludeFields: credentials ? ['id'] : ['id', 'sealedCredentials'],
  });
}

/**
 * Makes or changes what a provider offers under a name, by these two. Other prices are the next price version; that is
 * decided in the statement itself, so that two processes which seed at once agree.
 * @returns its id
 */
export async function putModel(database: Database, input: ModelInput): Promise<string> {
  const rows = await database.em
    .fork()
    .execute(upsertModel, [
      newId('mdl'),
      input.name,
      input.providerId,
      input.upstreamName,
      input.displayName,
      input.type,
      input.contextTokens,
      input.maxOutputTokens,
      input.supportsTools ?? false,
      input.supportsVision ?? false,
      input.supportsJson ?? false,
      JSON.stringify(input.prices),
      input.priority ?? 100,
      input.enabled ?? true,
      new Date(),
    ]);
  const [{ id }] = z.tuple([z.object({ id: z.string() })]).parse(rows);
  return id;
}

export async function putGroup(database: Database, input: GroupInput): Promise<void> {
  const defaults = { fallbackEnabled: true, retryCount: 3, timeoutMs: 30_000, enabled: true };
  const given = { ...defaults, ...input, updatedAt: new Date() };
  await database.em.fork().upsert(ModelGroup, given, { onConflictFields: ['id'] });
}

const upsertModel = `
  insert into models as model (id, name, provider_id, upstream_name, display_name, type, context_tokens,
    max_output_tokens, supports_tools, supports_vision, supports_json, prices, priority, enabled, updated_at)
  values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?::jsonb, ?, ?, ?)
  on conflict (name, provider_id) do update set
    upstream_name = excluded.upstream_name, display_name = excluded.display_name, type = excluded.type,
    context_tokens = excluded.context_tokens, max_output_tokens = excluded.max_output_tokens,
    supports_tools = excluded.supports_tools, supports_vision = excluded.supports_vision,
    supports_json = excluded.supports_json, prices = excluded.prices, priority = excluded.priority,
    enabled = excluded.enabled, updated_at = excluded.updated_at,
    price_version = model.price_version + (case when model.prices = excluded.prices then 0 else 1 end)
  returning id`;
