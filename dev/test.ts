// npm test: the checks, then every test on a throw-away stack of its own, and one closing line that counts both.
//   npm test -- [jest arguments]      for example a file name, to run only that
//   npm test -- platforms/ghost       with a Ghost, which the others go without
import { spawn } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { check } from './check.ts';
import { openRun, startStack, StackError, stopOnSignals } from './stack/index.ts';
import { signalGroup } from './stack/owned-process.ts';
import { testNamespaces } from '../test/namespaces.ts';

const jestArguments = process.argv.slice(2);
const usual = ['temporal', 'postgres', 'redis', 'object-storage', 'chromium', 'wordpress'] as const;
// Minutes of installation on a new machine: for those who name its tests, or whose GHOST_URL names a running one.
const withGhost = Boolean(process.env['GHOST_URL']) || jestArguments.some((argument) => argument.includes('ghost'));

let endTests = () => {};

try {
  const run = await openRun({ dataDir: '.data/test', fresh: true });
  stopOnSignals(() => {
    endTests();
    return run.close();
  });
  const stack = await startStack({
    run,
    parts: [...usual, ...(withGhost ? (['ghost'] as const) : [])],
    temporal: { namespaces: testNamespaces },
    on: (event) => {
      if (event.state === 'ready') say(`${event.part} ready after ${(event.afterMs / 1000).toFixed(1)} s`);
    },
  });
  const checked = jestArguments.length > 0 || (await check());
  const counts = await jest({ ...stack.env, TEST_DATA_DIR: run.dataDir }, join(run.dataDir, 'jest.json'));
  await run.close();
  const failed = counts.failed + (checked ? 0 : 1);
  process.stdout.write(`${counts.passed + (checked ? 1 : 0)} passed, ${failed} failed\n`);
  process.exit(failed === 0 && counts.passed > 0 ? 0 : 1);
} catch (error) {
  say(error instanceof StackError ? error.message : String(error instanceof Error ? error.stack : error));
  process.exit(1);
}

async function jest(env: Record<string, string>, resultFile: string): Promise<{ passed: number; failed: number }> {
  rmSync(resultFile, { force: true });
  const args = ['--no-warnings', 'node_modules/jest/bin/jest.js', '--ci', '--maxWorkers=2'];
  const child = spawn(process.execPath, [...args, '--json', `--outputFile=${resultFile}`, ...jestArguments], {
    stdio: ['ignore', 'ignore', 'inherit'], // with --json the report itself goes to stderr
    env: { ...process.env, ...env },
    detached: true, // a group of its own, which ends as a whole
  });
  endTests = () => void (child.pid && signalGroup(child.pid, 'SIGKILL')); // with whatever a test has left running
  await new Promise((resolve) => void child.once('close', resolve));
  endTests();
  const result = z
    .object({ numPassedTests: z.number(), numFailedTests: z.number(), numRuntimeErrorTestSuites: z.number() })
    .parse(JSON.parse(readFileSync(resultFile, 'utf8')));
  return { passed: result.numPassedTests, failed: result.numFailedTests + result.numRuntimeErrorTestSuites };
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
