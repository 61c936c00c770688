/** Tests run in bare Node, which reads our TypeScript itself, in one process per worker; types are checked by `npm run check`. */
export default {
  testEnvironment: 'node',
  runner: ['jest-light-runner', { runtime: 'child_process' }],
  setupFiles: ['<rootDir>/test/jest-setup.ts'],
  testMatch: ['<rootDir>/{src,workers,dev,test,bench,temporal-config}/**/*.test.ts'],
  // Tests of a platform that the stack was started without.
  testPathIgnorePatterns: ['/node_modules/', ...(process.env.GHOST_URL ? [] : ['/platforms/ghost/'])],
  modulePathIgnorePatterns: ['<rootDir>/.data'],
  testSequencer: '<rootDir>/test/longest-first.mjs',
};
