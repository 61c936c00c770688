import { z } from 'zod';
import { apiKeyStatuses } from '../../domain/accounts/accounts.ts';
import type { KeyView } from '../../domain/accounts/accounts.ts';
import type { ApiServices } from '../api-services.ts';
import { route } from '../route.ts';
import { bigCount, count, cursor, id, limit, pageOf, shortText, time } from '../schemas.ts';

export const apiKeyRoutes = ({ accounts: { keys } }: Pick<ApiServices, 'accounts'>) => [
  route({
    post: '/api/v1/llm/api-keys',
    allow: 'user',
    tag: 'api keys',
    body: newKey,
    reply: { 201: createdKey },
    summary: 'Create an API key. The secret is in this answer and nowhere else.',
    handle: async ({ user, body }) => {
      const { key, secret } = await keys.create(user.userId, {
        name: body.name,
        expiresInDays: body.expires_in_days,
        allowedModels: body.allowed_models,
        requestsPerMinute: body.requests_per_minute,
        tokensPerDay: body.tokens_per_day,
        tokensPerMonth: body.tokens_per_month,
      });
      return { ...keyView(key), secret };
    },
  }),
  route({
    get: '/api/v1/llm/api-keys',
    allow: 'user',
    tag: 'api keys',
    query: z.object({ limit, cursor }),
    reply: { 200: pageOf(shownKey) },
    summary: 'My API keys, newest first.',
    handle: async ({ user, query }) => {
      const page = await keys.list(user.userId, query);
      return { data: page.keys.map(keyView), next_cursor: page.nextCursor };
    },
  }),
  route({
    delete: '/api/v1/llm/api-keys/:id',
    allow: 'user',
    tag: 'api keys',
    params: z.object({ id }),
    reply: { 204: z.void() },
    summary: 'Revoke an API key, everywhere within a second.',
    handle: ({ user, params }) => keys.revoke(user.userId, params.id),
  }),
];

const newKey = z.strictObject({
  name: shortText(100),
  expires_in_days: z.int().min(1).max(3650).nullable().default(null),
  allowed_models: z.array(shortText(100)).min(1).max(100).nullable().default(null),
  requests_per_minute: count.nullable().default(null),
  tokens_per_day: bigCount.nullable().default(null),
  tokens_per_month: bigCount.nullable().default(null),
});

const shownKey = z.object({
  id: z.string(),
  name: z.string(),
  display_prefix: z.string(),
  status: z.enum(apiKeyStatuses),
  allowed_models: z.array(z.string()).nullable(),
  requests_per_minute: z.int().nullable(),
  tokens_per_day: z.int().nullable(),
  tokens_per_month: z.int().nullable(),
  expires_at: time.nullable(),
  last_used_at: time.nullable(),
  created_at: time,
});

const createdKey = shownKey.extend({ secret: z.string().describe('`sk-cf-…`; keep it') });

const keyView = (key: KeyView) => ({
  id: key.id,
  name: key.name,
  display_prefix: key.displayPrefix,
  status: key.status,
  allowed_models: key.allowedModels,
  requests_per_minute: key.requestsPerMinute,
  tokens_per_day: key.tokensPerDay,
  tokens_per_month: key.tokensPerMonth,
  expires_at: key.expiresAt,
  last_used_at: key.lastUsedAt,
  created_at: key.createdAt,
});
