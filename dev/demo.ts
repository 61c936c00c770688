// npm run demo: the whole job on real parts, step by step.
//   npm run demo -- [--topic "…"] [--json] [--keep]
import { parseArgs } from 'node:util';
import { Listr, ListrLogger, PRESET_TIMER, ProcessOutput } from 'listr2';
import type { ListrTask } from 'listr2';
import { DesktopApp } from './demo/desktop-app.ts';
import { stackTask } from './demo/stack-task.ts';
import { steps } from './demo/steps.ts';
import type { Story } from './demo/steps.ts';
import { summaryJson, summaryText } from './demo/summary.ts';
import type { LocalInstallation } from './local-installation.ts';
import { StackError } from './stack/index.ts';

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
  await new Listr<Context>([stackTask<Context>(begin), ...steps.map(stepTask)], {
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

function begin(told: Context, local: LocalInstallation): void {
  told.local = local;
  told.story = { local, app: new DesktopApp(local.application.url), topic: values.topic };
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

async function stay({ urls }: LocalInstallation): Promise<void> {
  const lines = Object.entries(urls).map(([name, url]) => `  ${name.padEnd(16)} ${url}`);
  process.stderr.write(`The stack keeps running; Ctrl-C stops it.\n${lines.join('\n')}\n`);
  await new Promise(() => setInterval(() => undefined, 2 ** 30));
}
