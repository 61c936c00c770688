import { join } from 'node:path';
import { table } from '../benchmark.ts';
import type { Bench, Benchmark } from '../benchmark.ts';
import { busiest } from '../cpu-profile.ts';
import { chosenOf, reportOf } from '../experiment.ts';
import { experiments } from './experiments.ts';
import { full, quick } from './size.ts';
import { startTargets } from './targets.ts';

/** Keys, every limit, reservation, accounting and fallback are on: this is the price of them. */
export const gateway: Benchmark = {
  name: 'gateway',
  question: 'what does the gateway cost, beside the provider itself, a bare Node proxy and Portkey?',
  parts: ['postgres', 'redis', 'object-storage', 'temporal'],
  async run(bench) {
    const chosen = chosenOf(experiments, bench);
    const targets = await startTargets(bench);
    const report = await reportOf(chosen, targets, bench.quick ? quick : full);
    await targets.api.stop();
    if (bench.profile) showProfile(bench);
    return report;
  },
};

function showProfile({ run }: Bench): void {
  const folder = join(run.dataDir, 'profile');
  process.stderr.write(
    `\nthe gateway's own time by function, from ${folder}\n${table(busiest(folder, 'src/api/serve-route.ts'))}\n`,
  );
}
