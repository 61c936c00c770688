/** Temporal namespaces: one for every test file that runs workers, so that they cannot take each other's tasks. */
export const testNamespaces = [
  'test-publish',
  'test-publish-changes',
  'test-publish-login',
  'test-publish-turns',
  'test-turns',
  'test-fairness',
  'test-recurring',
  'test-recurring-rows',
  'test-article',
  'test-analytics',
  'test-completion',
  'test-durable',
  'test-usage',
  'test-notices',
  'test-dispatcher',
  'test-api',
  'test-main-job',
  'test-kills',
  'test-interleavings',
  'test-replay',
] as const;
export type TestNamespace = (typeof testNamespaces)[number];
