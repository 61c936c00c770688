import { z } from 'zod';
import type { ApiServices } from '../api-services.ts';
import { route } from '../route.ts';
import { noFilter } from '../schemas.ts';

export const adminOverviewRoutes = ({ usage }: Pick<ApiServices, 'usage'>) => [
  route({
    get: '/api/v1/admin/stats/overview',
    allow: 'operator',
    tag: 'admin',
    query: noFilter,
    reply: { 200: overview },
    summary: 'What all users together used today and this month, and with whom.',
    handle: () => usage.overview(),
  }),
];

const totals = { requests: z.int(), tokens: z.int(), cost_nanos: z.int().describe('nano-dollars') };
const shares = z.array(z.object({ name: z.string(), ...totals })).describe('of the month, most expensive first');

const overview = z.object({
  today: z.object(totals),
  month: z.object(totals),
  active_users_today: z.int().describe('who made at least one request'),
  total_api_keys: z.int().describe('of every status'),
  by_provider: shares,
  by_model: shares,
});
