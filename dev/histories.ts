// npm run histories: records a history for each case that has none yet, from real runs on a throw-away server. What is
// there stays, because runs of that shape may still be open in production; `-- --replace` records all of them again.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { accountAnalyticsCases, allAnalyticsCases } from './histories/analytics-cases.ts';
import { articleCases } from './histories/article-cases.ts';
import { completionCases } from './histories/completion-cases.ts';
import { deliveryCases, mailCases } from './histories/notice-cases.ts';
import { publishCases } from './histories/publish-cases.ts';
import { openRecorder } from './histories/recorder.ts';
import { recurringCases } from './histories/recurring-cases.ts';
import { accountCases, publishTurnCases } from './histories/turn-cases.ts';
import { usageCases } from './histories/usage-cases.ts';
import { openRun, startStack, stopOnSignals } from './stack/index.ts';

const folder = 'test/histories';
const isReplacing = process.argv.includes('--replace');

const casesByWorkflow = {
  createArticle: articleCases,
  runCompletion: completionCases,
  account: accountCases,
  publish: { ...publishCases, ...publishTurnCases },
  deliverWebhook: deliveryCases,
  mailNotice: mailCases,
  recurringPost: recurringCases,
  collectAccountAnalytics: accountAnalyticsCases,
  collectAllAnalytics: allAnalyticsCases,
  reconcileUsage: usageCases,
};

const wanted = Object.entries(casesByWorkflow)
  .flatMap(([workflow, cases]) =>
    Object.entries(cases).map(([name, make]) => ({ workflow, make, file: join(folder, `${workflow}-${name}.json`) })),
  )
  .filter(({ file }) => isReplacing || !existsSync(file));

if (wanted.length > 0) await record();
process.stdout.write(`${wanted.length} histories recorded in ${folder}\n`);

async function record(): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const run = await openRun({ dataDir: '.data/histories', fresh: true });
  stopOnSignals(() => run.close());
  try {
    const { TEMPORAL_ADDRESS: _, ...environment } = process.env; // a server of its own
    const temporal = { namespaces: ['test-replay'] };
    Object.assign(process.env, (await startStack({ run, parts: ['temporal'], environment, temporal })).env);
    const recorder = await openRecorder();
    for (const { workflow, make, file } of wanted) {
      writeFileSync(file, await recorder.record(workflow, make()));
      process.stdout.write(`${file}\n`);
    }
    await recorder.close();
  } finally {
    await run.close();
  }
}
