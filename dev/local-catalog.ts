import type { ModelInput } from '../src/domain/llm/llm.ts';
import { loadConfig } from '../src/infra/config.ts';
import { migrate } from '../src/infra/database.ts';
import { createServices } from '../src/services.ts';
import type { Services } from '../src/services.ts';

/** A group whose first model is on a closed port, so that a fallback can be watched. */
export const fallbackGroup = 'text-with-outage';

/**
 * Puts into the catalog what this machine can use: real providers whose key is in the environment, else the small model
 * of the local stack. Safe to repeat.
 */
export async function seedLocalCatalog(env: Record<string, string>): Promise<void> {
  const services = await createServices(loadConfig({ ...process.env, ...env, LOG_LEVEL: 'warn' }), 'seed');
  await migrate(services.database);
  const model = await seedProvider(services, env);
  await seedUnreachable(services);
  const { catalog } = services.llm;
  const group = { type: 'text', fallbackEnabled: true, retryCount: 2, timeoutMs: 120_000, enabled: true } as const;
  for (const id of ['auto', 'text']) await catalog.upsertGroup({ ...group, id, displayName: id, modelNames: [model] });
  const modelNames = [UNREACHABLE, model];
  await catalog.upsertGroup({ ...group, id: fallbackGroup, displayName: 'Text, first model down', modelNames });
  await services.close();
}

const UNREACHABLE = 'unreachable-writer';

async function seedProvider(services: Services, env: Record<string, string>): Promise<string> {
  const { OPENAI_API_KEY: openai, ANTHROPIC_API_KEY: anthropic } = process.env;
  if (openai) return seed(services, { ...known.openai, credentials: [openai] });
  if (anthropic) return seed(services, { ...known.anthropic, credentials: [anthropic] });
  return seed(services, { ...known.local, baseUrl: env['LOCAL_LLM_URL'] ?? '', credentials: ['local'] });
}

const seedUnreachable = (services: Services) =>
  seed(services, {
    ...known.local,
    provider: 'unreachable',
    model: UNREACHABLE,
    baseUrl: 'http://127.0.0.1:9/v1',
    credentials: ['none'],
  });

/** Prices in nano-dollars per million tokens, as the providers publish them. */
const known = {
  openai: {
    provider: 'openai',
    wireFormat: 'openai',
    baseUrl: 'https://api.openai.com/v1',
    model: 'gpt-4o-mini',
    prices: {
      inputNanos: 150_000_000,
      outputNanos: 600_000_000,
      cacheReadNanos: 75_000_000,
      cacheWrite5mNanos: 150_000_000,
      cacheWrite1hNanos: 150_000_000,
    },
    contextTokens: 128_000,
    maxOutputTokens: 16_384,
  },
  anthropic: {
    provider: 'anthropic',
    wireFormat: 'anthropic',
    baseUrl: 'https://api.anthropic.com/v1',
    model: 'claude-haiku-4-5',
    prices: {
      inputNanos: 1_000_000_000,
      outputNanos: 5_000_000_000,
      cacheReadNanos: 100_000_000,
      cacheWrite5mNanos: 1_250_000_000,
      cacheWrite1hNanos: 2_000_000_000,
    },
    contextTokens: 200_000,
    maxOutputTokens: 64_000,
  },
  local: {
    provider: 'local',
    wireFormat: 'openai',
    baseUrl: '',
    model: 'smollm2-135m',
    prices: {
      inputNanos: 10_000_000,
      outputNanos: 20_000_000,
      cacheReadNanos: 10_000_000,
      cacheWrite5mNanos: 10_000_000,
      cacheWrite1hNanos: 10_000_000,
    },
    contextTokens: 8_192,
    maxOutputTokens: 2_048,
  },
} as const;

type Source = Pick<ModelInput, 'prices' | 'contextTokens' | 'maxOutputTokens'> & {
  provider: string;
  wireFormat: 'openai' | 'anthropic';
  baseUrl: string;
  model: string;
  credentials: string[];
};

async function seed({ llm: { catalog } }: Services, source: Source): Promise<string> {
  const { provider, wireFormat, baseUrl, credentials, model, prices, contextTokens, maxOutputTokens } = source;
  await catalog.upsertProvider({
    id: provider,
    displayName: provider,
    wireFormat,
    baseUrl,
    credentials,
    enabled: true,
  });
  await catalog.upsertModel({
    name: model,
    providerId: provider,
    upstreamName: model,
    displayName: model,
    type: 'text',
    contextTokens,
    maxOutputTokens,
    supportsJson: true,
    prices,
    priority: 100,
    enabled: true,
  });
  return model;
}
