import { z } from 'zod';
import type { ApiServices } from '../api-services.ts';
import { route } from '../route.ts';
import { digits, id } from '../schemas.ts';
import { byModel, dailyTrend, quota, summary, usagePage } from '../usage-answers.ts';
import { csvOf } from '../usage-csv.ts';
import { recordView } from '../usage-record-view.ts';

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
    query: inOrder(z.object(dates)),
    reply: { 200: byModel },
    summary: 'What I used by model, most tokens first; of the running month unless told.',
    async handle({ user, query }) {
      const { startDate, endDate, models } = await usage.byModel(user.userId, rangeOf(query));
      return { period: { start_date: startDate, end_date: endDate }, data: models };
    },
  }),
  route({
    get: '/api/v1/llm/usage/history',
    allow: 'user',
    tag: 'usage',
    query: inOrder(z.object({ ...dates, ...filters, limit, offset })),
    reply: { 200: usagePage },
    summary: 'My requests, newest first; of the last 30 days unless told. `total` counts all that there are.',
    async handle({ user, query }) {
      const page = { limit: query.limit, offset: query.offset };
      const { total, records } = await usage.history(user.userId, { ...filterOf(query), page });
      return { total, ...page, data: records.map(recordView) };
    },
  }),
  route({
    get: '/api/v1/llm/usage/daily-trend',
    allow: 'user',
    tag: 'usage',
    query: z.object({ days: digits.pipe(z.int().min(1).max(90)).default(30) }),
    reply: { 200: dailyTrend },
    summary: 'What I used on each of the last days, up to today. Days without use are there, with zeros.',
    handle: async ({ user, query: { days } }) => ({ days, data: await usage.dailyTrend(user.userId, days) }),
  }),
  route({
    get: '/api/v1/llm/usage/export.csv',
    allow: 'user',
    tag: 'usage',
    query: inOrder(z.object({ ...dates, ...filters })),
    reply: { 200: z.string() },
    produces: 'text/csv',
    summary: 'All my requests as a table, oldest first; of the last 30 days unless told.',
    respond: ({ user, query }) => ({
      status: 200,
      headers: { 'content-disposition': 'attachment; filename="usage.csv"' },
      file: csvOf(usage.records(user.userId, filterOf(query))),
    }),
  }),
  route({
    get: '/api/v1/llm/quota',
    allow: 'user',
    tag: 'usage',
    query: z.object({ key_id: id.optional().describe('shows what is nearer of the limits of this key and mine') }),
    reply: { 200: quota },
    summary: 'What is left of my tokens and money, as the limits count them: work under way counts at its worst case.',
    handle: async ({ user, query }) => usage.quota(await usage.caller(user.userId, query.key_id)),
  }),
];

const period = z.enum(['day', 'week', 'month']).default('month');
const limit = digits.pipe(z.int().min(1).max(1_000)).default(100);
const offset = digits.pipe(z.int().min(0).max(100_000_000)).default(0);

const localDate = z.iso.date().describe('a day in the timezone of the limits');
const dates = { start_date: localDate.optional(), end_date: localDate.optional() };
const filters = {
  model_id: z.string().min(1).max(200).optional().describe('a model name, or the id of one deployment'),
  key_id: id.optional(),
};

type Dates = { start_date?: string | undefined; end_date?: string | undefined };
type Filter = Dates & { model_id?: string | undefined; key_id?: string | undefined };

function inOrder<T extends z.ZodObject>(query: T): T {
  return query.refine(({ start_date: start, end_date: end }) => !(String(start) > String(end) && start && end), {
    path: ['end_date'],
    message: 'must not be before start_date',
  });
}

const rangeOf = ({ start_date, end_date }: Dates) => ({ startDate: start_date, endDate: end_date });
const filterOf = ({ model_id, key_id, ...query }: Filter) => ({
  dates: rangeOf(query),
  model: model_id,
  keyId: key_id,
});
