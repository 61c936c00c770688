import { DefaultLogger, Runtime } from '@temporalio/worker';
import type { Benchmark } from '../benchmark.ts';
import { chosenOf, reportOf } from '../experiment.ts';
import { experiments, targetsOf } from './experiments.ts';
import { full, quick } from './size.ts';

/** Every check, every row and every turn is on: this is the price of them. */
export const publish: Benchmark = {
  name: 'publish',
  question: 'how fast and how large is publishing, beside a bare Playwright script and a bare timer?',
  parts: ['temporal', 'postgres', 'redis', 'object-storage', 'chromium', 'wordpress', 'ghost'],
  async run(bench) {
    Runtime.install({ logger: new DefaultLogger('ERROR') });
    Object.assign(process.env, bench.env, { TEST_DATA_DIR: bench.run.dataDir });
    return reportOf(chosenOf(experiments, bench), targetsOf(bench.env), bench.quick ? quick : full);
  },
};
