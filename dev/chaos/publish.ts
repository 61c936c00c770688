// npm run chaos -- publish [--quick --seed N --only TEXT --kills N --changes N --jobs N]: breaks publishing in every way that issue and
// design name, and prints a line for each guarantee; ends with 1 when one of them does not hold.
import { parseArgs } from 'node:util';
import { testNamespaces } from '../../test/namespaces.ts';
import { openRun, StackError, startStack, stopOnSignals } from '../stack/index.ts';
import { publishLines } from './publish-lines.ts';
import { seeded } from './seeded.ts';

const { values } = parseArgs({
  allowPositionals: true,
  options: {
    /** Only the lines whose name holds this. */
    only: { type: 'string', default: '' },
    quick: { type: 'boolean', default: false },
    seed: { type: 'string', default: String(Date.now() % 100_000) },
    /** Instead of the usual numbers. */
    kills: { type: 'string' },
    changes: { type: 'string' },
    jobs: { type: 'string' },
  },
});
const usual = values.quick
  ? { kills: 8, changes: 300, jobs: 150, queue: 100 }
  : { kills: 300, changes: 10_000, jobs: 10_000, queue: 1_000 };

try {
  const run = await openRun({ dataDir: '.data/chaos', fresh: true });
  stopOnSignals(() => run.close());
  const parts = ['temporal', 'postgres', 'redis', 'object-storage', 'chromium', 'wordpress', 'ghost'] as const;
  const stack = await startStack({ run, parts, temporal: { namespaces: testNamespaces } });
  Object.assign(process.env, stack.env, { TEST_DATA_DIR: run.dataDir });
  const { lines, close } = publishLines({
    size: {
      ...usual,
      kills: Number(values.kills ?? usual.kills),
      changes: Number(values.changes ?? usual.changes),
      jobs: Number(values.jobs ?? usual.jobs),
    },
    seed: Number(values.seed),
    random: seeded(Number(values.seed)),
    dataDir: run.dataDir,
    say,
  });
  let broken = 0;
  process.stdout.write(`seed ${values.seed}\n`);
  const chosen = lines.filter(({ name }) => name.includes(values.only));
  for (const line of chosen) {
    const { seen, holds } = await line.run().catch((error: unknown) => ({ seen: String(error), holds: false }));
    broken += holds ? 0 : 1;
    process.stdout.write(`${holds ? 'ok    ' : 'BROKEN'} ${line.name}: ${seen}\n`);
  }
  await close();
  await run.close();
  process.stdout.write(`${chosen.length - broken} of ${chosen.length} guarantees hold\n`);
  process.exit(broken === 0 ? 0 : 1);
} catch (error) {
  process.stderr.write(
    `${error instanceof StackError ? error.message : String(error instanceof Error ? error.stack : error)}\n`,
  );
  process.exit(1);
}

function say(line: string): void {
  process.stdout.write(`${new Date().toISOString().slice(11, 19)}  ${line}\n`);
}
