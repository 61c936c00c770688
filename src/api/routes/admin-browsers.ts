import { z } from 'zod';
import { workerOrder } from '../../domain/browsers/browsers.ts';
import type { FleetSession, WorkerLoad } from '../../domain/browsers/browsers.ts';
import type { ApiServices } from '../api-services.ts';
import { route } from '../route.ts';
import { id, noFilter, time } from '../schemas.ts';
import { shownEvidence } from './publications.ts';

type Parts = Pick<ApiServices, 'browsers' | 'publishing'>;

export const adminBrowserRoutes = ({ browsers: { fleet }, publishing }: Parts) => {
  const order = (verb: 'drain' | 'undrain' | 'restart', summary: string) =>
    route({
      post: `/api/v1/admin/browser/workers/:id/${verb}`,
      allow: 'operator',
      tag: 'admin browsers',
      params: z.object({ id: workerId }),
      reply: { 202: z.object({ id: z.string(), order: workerOrder.nullable() }) },
      summary,
      respond: async ({ user, params }) => {
        const wanted = verb === 'undrain' ? null : verb;
        await fleet.order(user, params.id, wanted);
        return { status: 202, body: { id: params.id, order: wanted } };
      },
    });

  return [
    route({
      get: '/api/v1/admin/browser/workers',
      allow: 'operator',
      tag: 'admin browsers',
      query: noFilter,
      reply: { 200: z.object({ data: z.array(shownWorker) }) },
      summary: 'The browser workers that are alive.',
      handle: async () => ({ data: (await fleet.workers()).map(workerView) }),
    }),
    route({
      get: '/api/v1/admin/browser/sessions',
      allow: 'operator',
      tag: 'admin browsers',
      query: noFilter,
      reply: { 200: z.object({ data: z.array(shownSession) }) },
      summary: 'The logged-in sessions that they hold, as they said within the last second.',
      handle: async () => ({ data: (await fleet.sessions()).map(sessionView) }),
    }),
    order('drain', 'Give a worker no more sessions; it ends what it has begun, then the sessions it holds.'),
    order('undrain', 'Let a drained worker take sessions again.'),
    order('restart', 'Drain a worker, start its browser anew, and let it take sessions again.'),
    route({
      get: '/api/v1/admin/publications/:id/evidence',
      allow: 'operator',
      tag: 'admin browsers',
      params: z.object({ id }),
      reply: { 200: z.object({ data: z.array(shownEvidence) }) },
      summary: "What a publication's browser saw and did. Its run in the Temporal UI links here.",
      handle: async ({ params }) => ({
        data: (await publishing.evidence.ofAnyone(params.id)).map(publishing.shownEvidence),
      }),
    }),
  ];
};

/** Made of its host's name, which may have dots. */
const workerId = z.string().regex(/^[\w.-]{1,300}$/, 'is no worker');

const shownWorker = z.object({
  id: z.string(),
  host: z.string(),
  pid: z.int(),
  version: z.string(),
  slots: z.int().describe('sessions it may hold'),
  sessions: z.int().describe('sessions that it holds or has been given'),
  at_work: z.int().describe('accounts with a job that runs or waits'),
  memory_bytes: z.number().nullable().describe('of its browser; null where it cannot be measured'),
  browser_restarts: z.int().describe('for memory, or asked for'),
  blocked_requests: z.int().describe('connections to known fonts, trackers and telemetry'),
  refused_requests: z.int().describe('connections to other hosts that the platform does not name'),
  order: workerOrder.nullable(),
  started_at: time,
  last_beat_at: time,
});

const workerView = ({ workerId: name, slots, sessions, beatenAtMs, report, order }: WorkerLoad) => ({
  id: name,
  host: report.host,
  pid: report.pid,
  version: report.version,
  slots,
  sessions,
  at_work: report.jobs,
  memory_bytes: report.memoryBytes,
  browser_restarts: report.recycled,
  blocked_requests: report.denied.blocked,
  refused_requests: report.denied.refused,
  order,
  started_at: new Date(report.startedAtMs),
  last_beat_at: new Date(beatenAtMs),
});

const shownSession = z.object({
  account_id: z.string().describe("the account's own id, as in logs and runs"),
  user_id: z.string().nullable(),
  platform: z.string().nullable(),
  worker_id: z.string(),
  opened_at: time,
  used_at: time,
  uses: z.int(),
  at_work: z.boolean(),
});

const sessionView = ({
  accountId,
  userId,
  platform,
  workerId: name,
  openedAtMs,
  usedAtMs,
  uses,
  isAtWork,
}: FleetSession) => ({
  account_id: accountId,
  user_id: userId,
  platform,
  worker_id: name,
  opened_at: new Date(openedAtMs),
  used_at: new Date(usedAtMs),
  uses,
  at_work: isAtWork,
});
