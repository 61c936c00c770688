// npm run bench [-- NAME] [--quick] [--only LINE,LINE] [--profile] [--json]: every benchmark on a throw-away stack. Exits
// non-zero when a line of a benchmark's table fails.
import { parseArgs } from 'node:util';
import { openRun, startStack, StackError, stopOnSignals } from '../dev/stack/index.ts';
import { findingsTable } from './benchmark.ts';
import type { Report } from './benchmark.ts';
import { gateway } from './gateway/gateway.ts';
import { publish } from './publish/publish.ts';

const benchmarks = [gateway, publish];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'boolean', default: false },
    quick: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
    profile: { type: 'boolean', default: false },
  },
});

try {
  const run = await openRun({ dataDir: '.data/bench', fresh: true });
  stopOnSignals(() => run.close());
  const chosen = benchmarks.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
  const parts = [...new Set(chosen.flatMap((benchmark) => benchmark.parts))];
  const stack = await startStack({ run, parts });
  const { quick, profile } = values;
  const bench = { run, env: stack.env, quick, profile, only: values.only.split(',').filter((line) => line !== '') };
  const reports: Record<string, Report> = {};
  for (const benchmark of chosen) {
    process.stderr.write(`\n${benchmark.name}: ${benchmark.question}\n`);
    const report = await benchmark.run(bench);
    process.stderr.write(`\n${findingsTable(report.findings)}\n`);
    reports[benchmark.name] = report;
  }
  await run.close();
  if (values.json) process.stdout.write(`${JSON.stringify(reports)}\n`);
  process.exit(Object.values(reports).every(({ findings }) => findings.every(({ ok }) => ok)) ? 0 : 1);
} catch (error) {
  process.stderr.write(
    `${error instanceof StackError ? error.message : String(error instanceof Error ? error.stack : error)}\n`,
  );
  process.exit(1);
}
