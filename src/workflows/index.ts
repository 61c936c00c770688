/** Every workflow that the orchestrator worker registers. */
export { account } from './account.ts';
export { collectAccountAnalytics } from './collect-account-analytics.ts';
export { collectAllAnalytics } from './collect-all-analytics.ts';
export { createArticle } from './create-article.ts';
export { deliverWebhook } from './deliver-webhook.ts';
export { mailNotice } from './mail-notice.ts';
export { publish } from './publish.ts';
export { reconcileUsage } from './reconcile-usage.ts';
export { recurringPost } from './recurring-post.ts';
export { runCompletion } from './run-completion.ts';
