import { z } from 'zod';
import type { ApiServices } from '../api-services.ts';
import { readiness } from '../readiness.ts';
import { route } from '../route.ts';

export const healthRoutes = (services: Pick<ApiServices, 'readiness' | 'metrics'>) => [
  route({
    get: '/healthz',
    allow: 'public',
    reply: { 200: z.object({ ok: z.literal(true) }) },
    summary: 'Whether this process answers. Asks nothing else.',
    handle: () => ({ ok: true as const }),
  }),
  route({
    get: '/readyz',
    allow: 'public',
    reply: { 200: readiness, 503: readiness },
    summary: 'Each dependency by name, and whether every task queue has a worker.',
    async respond() {
      const body = await services.readiness();
      return { status: body.ready ? 200 : 503, body };
    },
  }),
  route({
    get: '/metrics',
    allow: 'public',
    produces: services.metrics.registry.contentType,
    reply: { 200: z.string() },
    summary: 'For Prometheus.',
    handle: () => services.metrics.registry.metrics(),
  }),
];
