// npm run demo: the whole job on real parts, step by step.
//   npm run demo -- [--topic "…"] [--json] [--keep]
import { parseArgs } from 'node:util';
import { Listr, ListrLogger, PRESET_TIMER, ProcessOutput } from 'listr2';
import type { ListrTask } from 'listr2';
import { DesktopApp } from './demo/desktop-app.ts';
import { steps } from './demo/steps.ts';
import type { Story } from './demo/steps.ts';
import { summaryJson, summaryText } from './demo/summary.ts';
import { openLocalInstallation } from './local-installation.ts';
import type { LocalInstallation } from './local-installation.ts';
import { StackError } from './stack/index.ts';
import type { PartEvent } from './stack/index.ts';
import { partNames } from './stack/part.ts';

const { values } = parseArgs({
  options: {
    topic: { type: 'string', default: 'growing tomatoes on a balcony' },
    json: { type: 'boolean', default: false },
    keep: { type: 'boolean', default: false },
  },
});

/** No terminal to redraw on: one line for each thing that happens. */
const plain = values.json || !process.stdout.isTTY;

/** Standard output is the summary's: `--json | jq` works. */
const onStderr = new ListrLogger({ processOutput: new ProcessOutput(process.stderr, process.stderr) });

type Context = { local?: LocalInstallation; story?: Story };

const context: Context = {};
try {
  await new Listr<Context>([stackTask(), ...steps.map(stepTask)], {
    rendererOptions: { timer: PRESET_TIMER },
    fallbackRenderer: 'simple',
    fallbackRendererCondition: () => plain,
    fallbackRendererOptions: { timer: PRESET_TIMER, logger: onStderr },
    registerSignalListeners: false,
  }).run(context);
  const { local, story } = context;
  if (!local || !story) throw new Error('the demo ended before it began');
  process.stderr.write(`${summaryText(story)}\n`);
  if (values.keep) await stay(local);
  await local.run.close();
  if (values.json) process.stdout.write(`${JSON.stringify(summaryJson(story))}\n`);
  process.exit(0);
} catch (error) {
  process.stderr.write(
    `${error instanceof StackError ? error.message : String(error instanceof Error ? error.stack : error)}\n`,
  );
  await context.local?.run.close();
  process.exit(1);
}

function stackTask(): ListrTask<Context> {
  return {
    title: 'Start the stack and the product',
    async task(context, task) {
      const states = new Map<string, string>();
      const on = (event: PartEvent) => {
        states.set(event.part, `${event.part}: ${describe(event)}`);
        if (plain && event.state === 'starting') return;
        task.output = plain ? (states.get(event.part) ?? '') : [...states.values()].join('\n');
      };
      const local = await openLocalInstallation({ parts: partNames, on });
      context.local = local;
      context.story = { local, app: new DesktopApp(local.application.url), topic: values.topic };
      task.output = Object.entries(local.urls)
        .map(([name, url]) => `${name}: ${url}`)
        .join('\n');
    },
    rendererOptions: { outputBar: Number.POSITIVE_INFINITY, persistentOutput: true },
  };
}

function stepTask({ title, run }: (typeof steps)[number]): ListrTask<Context> {
  return {
    title,
    async task({ story }, task) {
      if (!story) throw new Error('the stack is not up');
      let said = '';
      await run(story, (line) => {
        if (line !== said) task.output = line;
        said = line;
      });
    },
    rendererOptions: { persistentOutput: true },
  };
}

function describe(event: PartEvent): string {
  if (event.state === 'working') return event.detail;
  if (event.state === 'ready') return `ready after ${(event.afterMs / 1000).toFixed(1)} s`;
  return event.state;
}

async function stay({ urls }: LocalInstallation): Promise<void> {
  const lines = Object.entries(urls).map(([name, url]) => `  ${name.padEnd(16)} ${url}`);
  process.stderr.write(`The stack keeps running; Ctrl-C stops it.\n${lines.join('\n')}\n`);
  await new Promise(() => setInterval(() => undefined, 2 ** 30));
}
