// npm start: the local stack and all processes, until Ctrl-C. Prints every URL.
import { z } from 'zod';
import { openLocalInstallation } from './local-installation.ts';
import { partNames, usualParts } from './stack/part.ts';
import { StackError } from './stack/index.ts';

try {
  const parts = z.array(z.enum(partNames)).parse(process.env['STACK_PARTS']?.split(',') ?? usualParts);
  const local = await openLocalInstallation({
    parts,
    on: (event) => {
      if (event.state === 'working') say(`  ${event.part}: ${event.detail}`);
      if (event.state === 'ready') say(`  ${event.part} ready after ${(event.afterMs / 1000).toFixed(1)} s`);
    },
  });
  say('\nReady. Ctrl-C stops everything.\n');
  for (const [name, url] of Object.entries(local.urls)) say(`  ${name.padEnd(14)} ${url}`);
  setInterval(() => undefined, 2 ** 30); // stays until a signal
} catch (error) {
  say(error instanceof StackError ? error.message : String(error instanceof Error ? error.stack : error));
  process.exit(1);
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
