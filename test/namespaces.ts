/** Temporal namespaces of the tests that run whole applications: one each, so that they cannot meet. */
export const testNamespaces = ['test', 'test-main-job', 'test-kills', 'test-secrets', 'test-workflows'] as const;
