import { createAdminActions } from '../../domain/admin/admin.ts';
import type { ApiServices } from '../api-services.ts';
import type { Route } from '../route.ts';
import { createWork } from '../../work/work.ts';
import { createRecurringWork } from '../../work/recurring-work.ts';
import { accountProxyRoutes } from './account-proxy.ts';
import { adminBrowserRoutes } from './admin-browsers.ts';
import { adminOverviewRoutes } from './admin-overview.ts';
import { adminTierRoutes } from './admin-tiers.ts';
import { adminUserRoutes } from './admin-users.ts';
import { adminWorkerKeyRoutes } from './admin-worker-keys.ts';
import { adminCatalogRoutes } from './admin-catalog.ts';
import { analyticsRoutes } from './analytics.ts';
import { apiKeyRoutes } from './api-keys.ts';
import { articleRoutes } from './articles.ts';
import { audioRoutes } from './audio.ts';
import { authRoutes } from './auth.ts';
import { codecRoutes } from './codec.ts';
import { conversationRoutes } from './conversations.ts';
import { credentialControlRoutes } from './credential-control.ts';
import { credentialRoutes } from './credentials.ts';
import { documentRoutes } from './documents.ts';
import { embeddingsRoutes } from './embeddings.ts';
import { healthRoutes } from './health.ts';
import { imageRoutes } from './images.ts';
import { loginRoutes } from './login.ts';
import { modelRoutes } from './models.ts';
import { noticeRoutes } from './notices.ts';
import { proxyModelRoutes } from './proxy-models.ts';
import { publicationRoutes } from './publications.ts';
import { publishAccountRoutes } from './publish-accounts.ts';
import { publishBatchRoutes } from './publish-batch.ts';
import { publishingRoutes } from './publishing.ts';
import { recurringRoutes } from './recurring.ts';
import { slotRoutes } from './slots.ts';
import { usageRoutes } from './usage.ts';
import { webhookRoutes } from './webhooks.ts';

/** Every route there is, in the order in which the documentation shows them. */
export function allRoutes(services: ApiServices): Route[] {
  const parts = {
    ...services,
    work: createWork(services),
    recurringWork: createRecurringWork(services),
    actions: createAdminActions(services),
  };
  const routes = [
    ...authRoutes(parts),
    ...conversationRoutes(parts),
    ...embeddingsRoutes(parts),
    ...imageRoutes(parts),
    ...audioRoutes(parts),
    ...proxyModelRoutes(parts),
    ...modelRoutes(parts),
    ...apiKeyRoutes(parts),
    ...usageRoutes(parts),
    ...articleRoutes(parts),
    ...publishBatchRoutes(parts),
    ...publishingRoutes(parts),
    ...publicationRoutes(parts),
    ...loginRoutes(parts),
    ...slotRoutes(parts),
    ...accountProxyRoutes(parts),
    ...publishAccountRoutes(parts),
    ...recurringRoutes(parts),
    ...credentialRoutes(parts),
    ...credentialControlRoutes(parts),
    ...analyticsRoutes(parts),
    ...noticeRoutes(parts),
    ...webhookRoutes(parts),
    ...adminOverviewRoutes(parts),
    ...adminTierRoutes(parts),
    ...adminUserRoutes(parts),
    ...adminWorkerKeyRoutes(parts),
    ...adminCatalogRoutes(parts),
    ...adminBrowserRoutes(parts),
    ...codecRoutes(parts),
    ...healthRoutes(parts),
  ];
  return [...routes, ...documentRoutes(parts, routes)];
}
