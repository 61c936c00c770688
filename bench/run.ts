// npm run bench [-- --json] [-- NAME]: every benchmark on a throw-away stack; ratios between targets of the same run.
import { parseArgs } from 'node:util';
import { openRun, startStack, StackError, stopOnSignals } from '../dev/stack/index.ts';
import { chatProxy } from './chat-proxy.ts';
import { table } from './benchmark.ts';

const benchmarks = [chatProxy];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'boolean', default: false } },
});

try {
  const run = await openRun({ dataDir: '.data/bench', fresh: true });
  stopOnSignals(() => run.close());
  const stack = await startStack({ run, parts: ['postgres', 'redis', 'object-storage', 'temporal'] });
  const chosen = benchmarks.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
  const results: Record<string, unknown> = {};
  for (const benchmark of chosen) {
    process.stderr.write(`\n${benchmark.name}: ${benchmark.question}\n`);
    const measurements = await benchmark.run({ run, env: stack.env });
    process.stderr.write(`${table(measurements)}\n`);
    results[benchmark.name] = measurements;
  }
  await run.close();
  if (values.json) process.stdout.write(`${JSON.stringify(results)}\n`);
  process.exit(0);
} catch (error) {
  process.stderr.write(
    `${error instanceof StackError ? error.message : String(error instanceof Error ? error.stack : error)}\n`,
  );
  process.exit(1);
}
