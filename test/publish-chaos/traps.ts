/** The traps that are known of these platforms: each is a test of its adapter, and is run here by its name. */
import { spawn } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { z } from 'zod';

export type Trap = {
  name: string;
  /** Test files. */
  files: readonly string[];
  /** What the names of its tests match. */
  tests: RegExp;
};

const wordpress = 'src/domain/platforms/wordpress';
const ghost = 'src/domain/platforms/ghost';

export const traps: readonly Trap[] = [
  {
    name: 'a publish click that Chromium sends again by itself makes one post',
    files: [`${wordpress}/lost-answers.test.ts`, `${ghost}/lost-answers.test.ts`],
    tests: /sends twice/,
  },
  {
    name: 'an error page or a lost answer after a stored post is settled as published',
    files: [`${wordpress}/lost-answers.test.ts`, `${ghost}/lost-answers.test.ts`],
    tests: /error page/,
  },
  {
    name: 'titles that the site rewrites are found again',
    files: [`${wordpress}/lost-answers.test.ts`, `${ghost}/commit.test.ts`],
    tests: /titled|title in any signs/,
  },
  {
    name: 'a look that is too early is repeated before absence is believed',
    files: [`${wordpress}/lost-answers.test.ts`, `${ghost}/lost-answers.test.ts`],
    tests: /arrives after its connection was lost/,
  },
  {
    name: 'a click of a worker or browser that was stopped comes to nothing',
    files: ['src/domain/browsers/click-fence.test.ts', `${wordpress}/commit.test.ts`],
    tests: /stopped|comes after its time/,
  },
];

/** @param resultFile where jest may write its report */
export async function springTrap(
  { files, tests }: Trap,
  resultFile: string,
): Promise<{ passed: number; failed: string[] }> {
  rmSync(resultFile, { force: true });
  const jest = [
    '--experimental-vm-modules',
    '--no-warnings',
    'node_modules/jest/bin/jest.js',
    '--ci',
    '--maxWorkers=1',
  ];
  const args = [...jest, '--json', `--outputFile=${resultFile}`, `--testNamePattern=${tests.source}`, ...files];
  const child = spawn(process.execPath, args, { stdio: 'ignore' });
  await new Promise((resolve) => void child.once('close', resolve));
  const { testResults } = report.parse(JSON.parse(readFileSync(resultFile, 'utf8')));
  const all = testResults.flatMap(({ assertionResults }) => assertionResults);
  const broken = testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0,
  );
  return {
    passed: all.filter(({ status }) => status === 'passed').length,
    failed: [
      ...all.filter(({ status }) => status === 'failed').map(({ fullName }) => fullName),
      ...broken.map(({ name }) => name),
    ],
  };
}

const report = z.object({
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      assertionResults: z.array(z.object({ fullName: z.string(), status: z.string() })),
    }),
  ),
});
