/** Test set-up: npm `ai` with both of its providers that speak to us, used as their documentation says. */
import { createAnthropic } from '@ai-sdk/anthropic';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import type { LanguageModel } from 'ai';
import { formats } from './answer.ts';
import type { Format } from './answer.ts';

export const providers = ['@ai-sdk/openai-compatible', '@ai-sdk/anthropic'] as const;
export type ProviderName = (typeof providers)[number];

/** Every provider before every upstream. */
export const pairs: [ProviderName, Format][] = providers.flatMap((provider) =>
  formats.map((format): [ProviderName, Format] => [provider, format]),
);

export type Where = { baseUrl: string; key: string; fetch?: typeof fetch };

export function languageModel(
  provider: ProviderName,
  { baseUrl: baseURL, key: apiKey, fetch: doFetch = fetch }: Where,
): Named {
  if (provider === '@ai-sdk/anthropic') return createAnthropic({ baseURL, apiKey, fetch: doFetch });
  return createOpenAICompatible({
    name: 'judged',
    baseURL,
    apiKey,
    fetch: doFetch,
    includeUsage: true,
    supportsStructuredOutputs: true,
    supportedUrls: () => ({ 'image/*': [/^https:/] }),
  });
}

type Named = (model: string) => LanguageModel;

/** What makes a model think, as each provider has it. */
export const thinkingAloud = {
  '@ai-sdk/openai-compatible': { judged: { reasoningEffort: 'low' } },
  '@ai-sdk/anthropic': { anthropic: { thinking: { type: 'enabled', budgetTokens: 2_000 } } },
};
