import { z } from 'zod';
import type { ClientConfig } from '../../domain/llm/catalog-config.ts';
import type { ApiServices } from '../api-services.ts';
import { route } from '../route.ts';
import { time } from '../schemas.ts';
import { breakerState, shownTransition } from './admin-catalog-breakers.ts';
import type { CatalogParts } from './admin-catalog.ts';
import { createChange } from './admin-catalog.ts';
import { groupInput, newGroup } from './admin-catalog-group-schema.ts';
import { abilities, modelInput, modelType, newModel } from './admin-catalog-model-schema.ts';
import { newProvider, providerInput } from './admin-catalog-provider-schema.ts';

type Parts = CatalogParts & Pick<ApiServices, 'usage'>;

/** The catalog as clients see it, and the routes that the original keeps beside it. */
export const modelRoutes = (parts: Parts) => [...ofConfig(parts), ...ofStatus(parts), ...ofUsage(parts)];

const PATH = '/api/v1/models';
const tag = 'models';

const ofConfig = ({ llm, actions, usage }: Parts) => [
  route({
    get: `${PATH}/config`,
    allow: 'user',
    tag,
    reply: { 200: shownConfig, 304: z.void() },
    summary: 'The groups that I can use, with their models in order. Never a key. Ask again with `If-None-Match`.',
    async respond({ user, headers }) {
      const config = llm.catalog.clientConfig(await usage.caller(user.userId));
      const etag = `"${config.version}"`;
      const caching = { etag, 'cache-control': 'private, no-cache' };
      const isKnown = matches(headers['if-none-match'] ?? '', etag);
      return isKnown ? { status: 304, headers: caching } : { status: 200, headers: caching, body: configView(config) };
    },
  }),
  route({
    put: `${PATH}/config`,
    allow: 'admin',
    tag,
    body: newConfig,
    reply: { 200: z.object({ success: z.literal(true) }) },
    summary:
      'Put the whole catalog in place at once, or nothing of it: providers and models that are named are made or ' +
      'changed, groups that are not named are disabled. Credentials that are left out stay.',
    async handle({ user, body }) {
      const input = {
        providers: body.providers.map(providerInput),
        models: body.models.map(modelInput),
        groups: body.groups.map(groupInput),
      };
      const write = (em: Parameters<typeof llm.catalog.replace>[0]) => llm.catalog.replace(em, input);
      await createChange({ llm, actions })({
        user,
        action: 'catalog.replace',
        target: 'catalog',
        details: body,
        write,
      });
      return { success: true as const };
    },
  }),
];

const ofStatus = ({ llm: { catalog, breaker } }: Parts) => [
  route({
    get: `${PATH}/status`,
    allow: 'operator',
    tag,
    reply: { 200: z.object({ circuit_breakers: z.record(z.string(), z.array(shownStatus)) }) },
    summary: 'The circuit breakers by the name of the model: one for each provider that offers it.',
    async handle() {
      const states = await Promise.all(
        catalog.deployments().map(async ({ id, name, provider }) => {
          const last = (await breaker.transitions(id)).at(-1) ?? null;
          const status = { id, provider_id: provider.id, state: await breaker.state(id), last_transition: last };
          return { name, status };
        }),
      );
      const byName = Map.groupBy(states, ({ name }) => name);
      return {
        circuit_breakers: Object.fromEntries([...byName].map(([name, all]) => [name, all.map(({ status }) => status)])),
      };
    },
  }),
];

const ofUsage = ({ usage }: Parts) => [
  route({
    get: `${PATH}/usage`,
    allow: 'user',
    tag,
    query: z.object({ period: z.enum(['day', 'week', 'month']).default('month') }),
    reply: { 200: shownUsage },
    summary: 'The same as `GET /api/v1/llm/usage/summary`.',
    handle: ({ user, query }) => usage.summary(user.userId, query.period),
  }),
  route({
    get: `${PATH}/quota`,
    allow: 'user',
    tag,
    reply: { 200: shownQuota },
    summary: 'The same as `GET /api/v1/llm/quota`.',
    handle: async ({ user }) => usage.quota(await usage.caller(user.userId)),
  }),
];

const newConfig = z.strictObject({
  providers: z.array(newProvider).max(100).default([]),
  models: z.array(newModel).max(1_000).default([]),
  groups: z.array(newGroup).max(100),
});

const shownModel = z.object({
  model_id: z.string(),
  model_type: modelType,
  provider: z.string().describe('who is asked first'),
  display_name: z.string(),
  ...abilities,
  max_tokens: z.int(),
  max_context_length: z.int(),
});

const shownConfig = z.object({
  version: z.string().describe('changes with every change of the rest'),
  updated_at: time.nullable(),
  groups: z.array(
    z.object({ group_id: z.string(), model_type: modelType, display_name: z.string(), models: z.array(shownModel) }),
  ),
});

const shownStatus = z.object({
  id: z.string(),
  provider_id: z.string(),
  state: breakerState,
  last_transition: shownTransition.nullable(),
});

/** Loose: what the aliased routes answer is theirs to say. */
const shownUsage = z.looseObject({ period: z.string(), total_tokens: z.int(), request_count: z.int() });
const shownQuota = z.looseObject({ daily: z.looseObject({}), weekly: z.looseObject({}), monthly: z.looseObject({}) });

const configView = ({ version, updatedAt, groups }: ClientConfig): z.input<typeof shownConfig> => ({
  version,
  updated_at: updatedAt,
  groups: groups.map(({ groupId, modelType: type, displayName, models }) => ({
    group_id: groupId,
    model_type: type,
    display_name: displayName,
    models: models.map(modelView),
  })),
});

const modelView = (model: ClientConfig['groups'][number]['models'][number]): z.input<typeof shownModel> => ({
  model_id: model.modelId,
  model_type: model.modelType,
  provider: model.provider,
  display_name: model.displayName,
  supports_streaming: model.abilities.streaming,
  supports_tools: model.abilities.tools,
  supports_vision: model.abilities.vision,
  supports_json: model.abilities.json,
  supports_reasoning: model.abilities.reasoning,
  supports_documents: model.abilities.documents,
  max_tokens: model.maxOutputTokens,
  max_context_length: model.contextTokens,
});

/** RFC 9110, 13.1.2: a list, compared without regard to weakness. */
const matches = (header: string, etag: string) =>
  header.split(',').some((tag_) => ['*', etag].includes(tag_.trim().replace(/^W\//, '')));
