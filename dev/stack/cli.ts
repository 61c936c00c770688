// Starts the local stack, or some of its parts, prints the environment for applications and stays until it is stopped:
//   node dev/boot.mjs dev/stack/cli.ts [--parts temporal,postgres] [--data DIR] [--namespace NAME ...] [--write-env FILE]
import { renameSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { StackError, openRun, startStack, stopOnSignals, type PartEvent } from './index.ts';
import { partNames, usualParts } from './part.ts';

const { values } = parseArgs({
  options: {
    parts: { type: 'string', default: usualParts.join(',') },
    data: { type: 'string', default: '.data' },
    namespace: { type: 'string', multiple: true, default: [] },
    'write-env': { type: 'string' },
  },
});

try {
  const parts = z.array(z.enum(partNames)).parse(values.parts.split(','));
  const run = await openRun({ dataDir: values.data });
  stopOnSignals(() => run.close());
  if (run.leftover.length > 0) say(`ended what an earlier run left over: ${run.leftover.join(', ')}`);
  const stack = await startStack({ run, parts, temporal: { namespaces: values.namespace }, on: tell });
  const lines = Object.entries(stack.env).map(([name, value]) => `export ${name}='${value}'\n`);
  process.stdout.write(lines.join(''));
  if (values['write-env']) writeEnvironment(values['write-env'], lines.join(''));
  setInterval(() => undefined, 2 ** 30); // stays until a signal
} catch (error) {
  say(error instanceof StackError ? error.message : String(error instanceof Error ? error.stack : error));
  process.exit(1);
}

function tell(event: PartEvent): void {
  const time = `${(event.afterMs / 1000).toFixed(1)} s`;
  if (event.state === 'working') say(`${event.part}: ${event.detail}`);
  if (event.state === 'ready') say(`${event.part}: ready after ${time} (${event.source}) ${event.url}`);
  if (event.state === 'failed') say(`${event.part}: failed after ${time}`);
}

function writeEnvironment(file: string, text: string): void {
  writeFileSync(`${file}.part`, text);
  renameSync(`${file}.part`, file); // whoever waits for it reads it whole
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
