/**
 * Replays histories in a process of its own, because the SDK's replayer leaves a promise hook behind in the process where it
 * ran, and Jest's workers go on with other tests. Reads `[{ name, text }]` from standard input and prints what each replay
 * failed with as JSON: `{ name: error name or null }`.
 */
import { text } from 'node:stream/consumers';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js';
import { bundleWorkflowCode, DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { z } from 'zod';
import { developmentSecrets } from '../src/infra/config.ts';
import { createKeyring } from '../src/infra/keyring.ts';
import { createPayloadCodec } from '../src/infra/temporal/payload-codec.ts';

Runtime.install({ logger: new DefaultLogger('ERROR'), telemetryOptions: { logging: { filter: 'OFF', forward: {} } } });

const given = z.array(z.object({ name: z.string(), text: z.string() })).parse(JSON.parse(await text(process.stdin)));
const histories = given.map((one) => ({ workflowId: one.name, history: historyFromJSON(JSON.parse(one.text)) }));

const workflowBundle = await bundleWorkflowCode({
  workflowsPath: new URL('../src/workflows/index.ts', import.meta.url).pathname,
  logger: new DefaultLogger('ERROR'),
});
const payloadCodecs = [createPayloadCodec(createKeyring(developmentSecrets.PAYLOAD_KEYS))];
const errors: Record<string, string | null> = {};
const replays = Worker.runReplayHistories({ workflowBundle, dataConverter: { payloadCodecs } }, histories);
for await (const { workflowId, error } of replays) errors[workflowId] = error?.name ?? null;
process.stdout.write(JSON.stringify(errors));
