import { z } from 'zod';
import type { ApiServices } from '../api-services.ts';
import { route } from '../route.ts';

export const usageRoutes = ({ usage }: Pick<ApiServices, 'usage'>) => [
  route({
    get: '/api/v1/llm/usage/summary',
    allow: 'user',
    tag: 'usage',
    query: z.object({ period }),
    reply: { 200: summary },
    summary: 'What I used in the running day, week or month.',
    handle: ({ user, query }) => usage.summary(user.userId, query.period),
  }),
  route({
    get: '/api/v1/llm/usage/by-model',
    allow: 'user',
    tag: 'usage',
    query: z.object({ period }),
    reply: { 200: z.object({ data: z.array(ofModel) }) },
    summary: 'The same by model, most tokens first.',
    handle: async ({ user, query }) => ({ data: await usage.byModel(user.userId, query.period) }),
  }),
  route({
    get: '/api/v1/llm/quota',
    allow: 'user',
    tag: 'usage',
    reply: { 200: quota },
    summary: 'What is left of my tokens, as the limits count them: work under way is not in it.',
    handle: async ({ user }) => usage.quota(await usage.caller(user.userId)),
  }),
];

const period = z.enum(['day', 'week', 'month']).default('month');
const localDate = z.iso.date();

const summary = z.object({
  period: z.enum(['day', 'week', 'month']),
  start_date: localDate,
  end_date: localDate,
  total_tokens: z.int(),
  total_cost_nanos: z.int().describe('nano-dollars'),
  request_count: z.int(),
  limit: z.int().nullable().describe('tokens; null is no limit'),
  remaining: z.int().nullable(),
  usage_percentage: z.number(),
});

const ofModel = z.object({
  model: z.string(),
  requests: z.int(),
  input_tokens: z.int(),
  output_tokens: z.int(),
  cost_nanos: z.int().describe('nano-dollars'),
  estimated: z.boolean().describe('whether a provider did not tell, so that a part is estimated'),
});

const share = z.object({
  used: z.int(),
  limit: z.int().nullable(),
  remaining: z.int().nullable(),
  percentage: z.number(),
});
const quota = z.object({ daily: share, weekly: share, monthly: share });
