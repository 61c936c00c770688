/** Jest runs our TypeScript as ES modules, transformed by swc; types are checked by `npm run check`. */
export default {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '\\.ts$': ['@swc/jest', { jsc: { target: 'es2024', parser: { syntax: 'typescript' } }, module: { type: 'es6' } }],
  },
  testMatch: ['<rootDir>/{src,workers,dev,test,bench,temporal-config}/**/*.test.ts'],
  // Tests of a platform that the stack was started without.
  testPathIgnorePatterns: ['/node_modules/', ...(process.env.GHOST_URL ? [] : ['/platforms/ghost/'])],
  modulePathIgnorePatterns: ['<rootDir>/.data'],
  testSequencer: '<rootDir>/test/longest-first.mjs',
  testTimeout: 60_000,
};
