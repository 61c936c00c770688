import TestSequencer from '@jest/test-sequencer';

/** The files that take half a minute and more: begun first, they leave no worker idle at the end. */
const longest = [
  'test/kills.test.ts',
  'platforms/wordpress/commit.test.ts',
  'test/fuzz.test.ts',
  'platforms/wordpress/prepare.test.ts',
  'platforms/wordpress/lost-answers.test.ts',
  'test/interleavings.test.ts',
  'test/main-job.test.ts',
  'test/publish-turns.test.ts',
];

export default class LongestFirst extends TestSequencer {
  sort(tests) {
    return super.sort(tests).toSorted((a, b) => rank(a) - rank(b));
  }
}

const rank = ({ path }) => {
  const at = longest.findIndex((file) => path.endsWith(file));
  return at === -1 ? longest.length : at;
};
