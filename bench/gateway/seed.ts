import { loadConfig } from '../../src/infra/config.ts';
import { migrate } from '../../src/infra/database.ts';
import { createServices } from '../../src/services.ts';
import type { Services } from '../../src/services.ts';
import { models, throughAnthropic } from './questions.ts';

export type Seeded = {
  key: string;
  /** A key of the same user that may hold so many calls at once. */
  narrowKey: string;
};

/** As many calls as the narrow key may hold, which is as many as are cut at a time. */
export const NARROW = 64;

/**
 * One user with one key under every limit that there is, all too high to be reached: what is measured is governance, not
 * refusals. Done before the API starts, so that it finds the last state of everything.
 */
export async function seed(env: Record<string, string>, upstream: string): Promise<Seeded> {
  const services = await createServices(loadConfig({ ...process.env, ...env }), 'bench');
  try {
    await migrate(services.database);
    await offer(services, { id: 'bench-openai', wireFormat: 'openai', baseUrl: upstream });
    await offer(services, { id: 'bench-anthropic', wireFormat: 'anthropic', baseUrl: upstream });
    await services.database.em.fork().execute(`update tiers set ${tierLimits}`);
    const { user } = await services.accounts.register({ email: 'bench@example.com', password: 'bench-password' });
    const made = (name: string, concurrentRequests: number) =>
      services.accounts.keys.create(user.id, { ...key, name, concurrentRequests });
    const [wide, narrow] = [await made('wide', LARGE), await made('narrow', NARROW)];
    return { key: wide.secret, narrowKey: narrow.secret };
  } finally {
    await services.close();
  }
}

/** Of the columns that are 32 bits wide, and of those that are 64. */
const LARGE = 2_000_000_000;
const HUGE = 1_000_000_000_000_000;

const rates = { requestsPerMinute: LARGE, tokensPerMinute: LARGE };

const key = {
  ...rates,
  expiresInDays: null,
  allowedModels: null,
  metadata: {},
  tokensPerDay: HUGE,
  tokensPerWeek: HUGE,
  tokensPerMonth: HUGE,
  costNanosPerDay: HUGE,
  costNanosPerWeek: HUGE,
  costNanosPerMonth: HUGE,
};

const tierLimits = [
  ...['requests_per_minute', 'tokens_per_minute', 'concurrent_requests'].map((limit) => `${limit} = ${LARGE}`),
  ...['day', 'week', 'month'].flatMap((period) => [
    `tokens_per_${period} = ${HUGE}`,
    `cost_nanos_per_${period} = ${HUGE}`,
  ]),
].join(', ');

type Upstream = { id: string; wireFormat: 'openai' | 'anthropic'; baseUrl: string };

async function offer({ llm: { catalog } }: Services, provider: Upstream): Promise<void> {
  const { id, wireFormat } = provider;
  await catalog.upsertProvider({ ...provider, ...rates, displayName: id, credentials: ['none'], enabled: true });
  for (const model of models) {
    const name = wireFormat === 'openai' ? model : throughAnthropic(model);
    await catalog.upsertModel({
      ...rates,
      name,
      providerId: id,
      upstreamName: model,
      displayName: name,
      type: 'text',
      contextTokens: 8_192,
      maxOutputTokens: 1_024,
      supportsJson: true,
      prices,
      priority: 100,
      enabled: true,
    });
  }
}

const prices = {
  inputNanos: 1_000_000_000,
  outputNanos: 2_000_000_000,
  cacheReadNanos: 100_000_000,
  cacheWrite5mNanos: 1_250_000_000,
  cacheWrite1hNanos: 2_000_000_000,
};
