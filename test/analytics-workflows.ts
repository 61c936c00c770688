/** The two workflows that collect numbers. */
export { collectAccountAnalytics } from '../src/workflows/collect-account-analytics.ts';
export { collectAllAnalytics } from '../src/workflows/collect-all-analytics.ts';
