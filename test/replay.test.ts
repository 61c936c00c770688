import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { beforeAll, expect, test } from '@jest/globals';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js';
import { bundleWorkflowCode, DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import type { WorkflowBundle } from '@temporalio/worker';
import { DeterminismViolationError } from '@temporalio/workflow';
import { developmentSecrets } from '../src/infra/config.ts';
import { createKeyring } from '../src/infra/keyring.ts';
import { createPayloadCodec } from '../src/infra/temporal/payload-codec.ts';
import * as workflows from '../src/workflows/index.ts';

Runtime.install({ logger: new DefaultLogger('ERROR'), telemetryOptions: { logging: { filter: 'OFF', forward: {} } } });

const folder = new URL('histories/', import.meta.url).pathname;
const recorded = readdirSync(folder).map((file) => basename(file, '.json'));
const codec = createPayloadCodec(createKeyring(developmentSecrets.PAYLOAD_KEYS));
let workflowBundle: WorkflowBundle;
let errors: Map<string, Error | undefined>;

beforeAll(async () => {
  workflowBundle = await bundleWorkflowCode({
    workflowsPath: new URL('../src/workflows/index.ts', import.meta.url).pathname,
    logger: new DefaultLogger('ERROR'),
  });
  errors = await replay(recorded.map((name) => ({ name, text: textOf(name) })));
});

test.each(recorded)('today’s workflows go on where this run stood: %s', (name) => {
  expect(errors.get(name)).toBeUndefined();
  expect(errors.has(name)).toBe(true);
});

test.each(Object.keys(workflows))('%s has a recorded history', (workflow) => {
  expect(recorded.filter((name) => name.startsWith(`${workflow}-`))).not.toEqual([]);
});

test('a workflow whose steps have changed is caught', async () => {
  const text = textOf('publish-published');
  const changed = [
    { name: 'another activity', text: text.replace('"name":"preparePost"', '"name":"fillEditor"') },
    { name: 'another workflow', text: text.replace('"name":"publish"', '"name":"collectAccountAnalytics"') },
    { name: 'the same', text },
  ];

  const found = await replay(changed);
  expect(found.get('another activity')).toBeInstanceOf(DeterminismViolationError);
  expect(found.get('another workflow')).toBeInstanceOf(DeterminismViolationError);
  expect(found.get('the same')).toBeUndefined();
});

test('histories hold no payload that can be read without a key, but for search attributes, which are ids', () => {
  const encodings = recorded.flatMap((name) => {
    const withoutAttributes = textOf(name).replaceAll(/"searchAttributes":\{"indexedFields":.*?\}\}\}/g, '');
    return [...withoutAttributes.matchAll(/"encoding":"([^"]*)"/g)].map(([, encoding]) => encoding);
  });
  expect(new Set(encodings)).toEqual(new Set([Buffer.from('binary/encrypted').toString('base64')]));
});

const textOf = (name: string) => readFileSync(join(folder, `${name}.json`), 'utf8');

type Recorded = { name: string; text: string };

/** @returns what each replay failed with, by name */
async function replay(histories: Recorded[]): Promise<Map<string, Error | undefined>> {
  const batch = histories.map(({ name, text }) => ({ workflowId: name, history: historyFromJSON(JSON.parse(text)) }));
  const dataConverter = { payloadCodecs: [codec] };
  const errorsByName = new Map<string, Error | undefined>();
  for await (const { workflowId, error } of Worker.runReplayHistories({ workflowBundle, dataConverter }, batch))
    errorsByName.set(workflowId, error);
  return errorsByName;
}
