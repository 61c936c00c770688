import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { beforeAll, expect, test } from '@jest/globals';
import { z } from 'zod';
import * as workflows from '../src/workflows/index.ts';

const folder = new URL('histories/', import.meta.url).pathname;
const recorded = readdirSync(folder).map((file) => basename(file, '.json'));
const historyOf = (name: string) => readFileSync(join(folder, `${name}.json`), 'utf8');

let errors: Record<string, string | null>;

beforeAll(async () => {
  const published = historyOf('publish-published');
  errors = await replay([
    ...recorded.map((name) => ({ name, text: historyOf(name) })),
    { name: 'another activity', text: published.replace('"name":"preparePost"', '"name":"fillEditor"') },
    { name: 'another workflow', text: published.replace('"name":"publish"', '"name":"collectAccountAnalytics"') },
  ]);
});

test.each(recorded)('today’s workflows go on where this run stood: %s', (name) => {
  expect(errors[name]).toBeNull();
});

test.each(Object.keys(workflows))('%s has a recorded history', (workflow) => {
  expect(recorded.filter((name) => name.startsWith(`${workflow}-`))).not.toEqual([]);
});

test('a plain publication takes at most 30 events', () => {
  const { events } = z.object({ events: z.array(z.unknown()) }).parse(JSON.parse(historyOf('publish-published')));
  expect(events.length).toBeLessThanOrEqual(30);
});

test('a workflow whose steps have changed is caught', () => {
  expect(errors).toMatchObject({
    'another activity': 'DeterminismViolationError',
    'another workflow': 'DeterminismViolationError',
  });
});

test('histories hold no payload that can be read without a key, but for ids: search attributes, and names of patches and steps', () => {
  const encodings = recorded.flatMap((name) => {
    const withoutIds = historyOf(name)
      .replaceAll(/"searchAttributes":\{"indexedFields":.*?\}\}\}/g, '')
      .replaceAll(/"(?:patch-data|data)":\{"payloads":\[.*?\]\}/g, '');
    return [...withoutIds.matchAll(/"encoding":"([^"]*)"/g)].map(([, encoding]) => encoding);
  });
  expect(new Set(encodings)).toEqual(new Set([Buffer.from('binary/encrypted').toString('base64')]));
});

async function replay(histories: { name: string; text: string }[]): Promise<Record<string, string | null>> {
  const child = spawn(process.execPath, ['test/replay-histories.ts'], { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.end(JSON.stringify(histories));
  return z.record(z.string(), z.string().nullable()).parse(JSON.parse(await text(child.stdout)));
}
