import type { ApiServices } from '../api-services.ts';
import type { Route } from '../route.ts';
import { createWork } from '../work.ts';
import { analyticsRoutes } from './analytics.ts';
import { apiKeyRoutes } from './api-keys.ts';
import { articleRoutes } from './articles.ts';
import { authRoutes } from './auth.ts';
import { chatRoutes } from './chat.ts';
import { codecRoutes } from './codec.ts';
import { credentialRoutes } from './credentials.ts';
import { documentRoutes } from './documents.ts';
import { healthRoutes } from './health.ts';
import { publishingRoutes } from './publishing.ts';
import { usageRoutes } from './usage.ts';

/** Every route there is, in the order in which the documentation shows them. */
export function allRoutes(services: ApiServices): Route[] {
  const parts = { ...services, work: createWork(services) };
  const routes = [
    ...authRoutes(parts),
    ...chatRoutes(parts),
    ...apiKeyRoutes(parts),
    ...usageRoutes(parts),
    ...articleRoutes(parts),
    ...publishingRoutes(parts),
    ...credentialRoutes(parts),
    ...analyticsRoutes(parts),
    ...codecRoutes(parts),
    ...healthRoutes(parts),
  ];
  return [...routes, ...documentRoutes(parts, routes)];
}
