import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Provider } from '../../entities/provider.ts';
import { failureOf, llmPlace, prices } from '../../../test/llm-place.ts';
import type { LlmPlace } from '../../../test/llm-place.ts';
import { eventually } from '../../../test/usage-place.ts';
import type { Needs, Route } from './catalog.ts';

let place: LlmPlace;
beforeAll(async () => {
  place = await llmPlace();
});
afterAll(() => place.close());

const needs: Needs = {
  tools: false,
  vision: false,
  json: false,
  inputTokens: 100,
  outputTokens: null,
  allowedModels: null,
};
const names = ({ candidates }: Route) => candidates.map(({ modelName, providerId }) => `${modelName}@${providerId}`);
const resolve = (name: string, changes: Partial<Needs> = {}) =>
  names(place.llm.catalog.resolve(name, { ...needs, ...changes }));
const refusalOf = (name: string, changes: Partial<Needs> = {}) =>
  failureOf(Promise.resolve().then(() => resolve(name, changes)));

test('a model is served by its providers in order of priority, a group by its models in order', async () => {
  await place.model('m1', { priority: 20 });
  await place.model('m1', { providerId: 'closed', priority: 10 });
  await place.model('m2');
  await place.group('g', ['m2', 'absent', 'm1'], { retryCount: 1, timeoutMs: 5_000, fallbackEnabled: false });
  expect(resolve('m1')).toEqual(['m1@closed', 'm1@fake']);
  expect(resolve('g')).toEqual(['m2@fake', 'm1@closed', 'm1@fake']);
  expect(place.llm.catalog.resolve('g', needs)).toMatchObject({
    retryCount: 1,
    timeoutMs: 5_000,
    fallbackEnabled: false,
  });
});

test('an unknown or disabled model is not found, by name', async () => {
  await place.model('off', { enabled: false });
  for (const name of ['nothing', 'off']) {
    await expect(refusalOf(name)).resolves.toMatchObject({
      code: 'not_found',
      details: { model: name, issues: [{ path: 'model' }] },
    });
  }
});

test('a key uses the models that it may, and a whole group by the name of the group', async () => {
  await place.model('mine');
  await place.model('theirs');
  await place.group('both', ['theirs', 'mine']);
  expect(resolve('both', { allowedModels: ['mine'] })).toEqual(['mine@fake']);
  expect(resolve('both', { allowedModels: ['both'] })).toEqual(['theirs@fake', 'mine@fake']);
  await expect(refusalOf('theirs', { allowedModels: ['mine'] })).resolves.toMatchObject({ code: 'forbidden' });
});

test('models without a needed ability or with too small a context are left out', async () => {
  await place.model('plain', { contextTokens: 1_000 });
  await place.model('able', { supportsTools: true, contextTokens: 4_000 });
  await place.group('mixed', ['plain', 'able']);
  expect(resolve('mixed', { tools: true })).toEqual(['able@fake']);
  expect(resolve('mixed', { inputTokens: 900, outputTokens: 200 })).toEqual(['able@fake']);
  await expect(refusalOf('mixed', { vision: true })).resolves.toMatchObject({
    code: 'invalid_request',
    details: { issues: [{ path: 'model' }] },
  });
  await expect(refusalOf('mixed', { inputTokens: 4_000 })).resolves.toMatchObject({
    code: 'invalid_request',
    details: { reason: 'context_length_exceeded', issues: [{ path: 'messages' }] },
  });
});

test('a change is known to every process', async () => {
  const other = await place.anotherLlm();
  const id = await place.model('new');
  await eventually(() => other.catalog.deployment(id) !== undefined);
  await place.model('new', { enabled: false });
  await eventually(() => other.catalog.deployment(id) === undefined);
});

test('other prices are the next price version, the same prices are not', async () => {
  const id = await place.model('priced');
  const version = () => place.llm.catalog.deployment(id)?.priceVersion;
  await expect(place.model('priced', { displayName: 'Renamed' })).resolves.toBe(id);
  expect(version()).toBe(1);
  await place.model('priced', { prices: { ...prices, outputNanos: 1 } });
  expect(version()).toBe(2);
});

test('credentials are sealed in Postgres, stay when none are given, and are in no list', async () => {
  await place.llm.catalog.upsertProvider({
    id: 'fake',
    displayName: 'Renamed',
    baseUrl: place.upstream.url,
    enabled: true,
  });
  const [row] = await place.database.em.fork().find(Provider, { id: 'fake' }, { populate: ['sealedCredentials'] });
  expect(row?.displayName).toBe('Renamed');
  expect(row?.sealedCredentials).toHaveLength(2);
  expect(JSON.stringify(row?.sealedCredentials)).not.toContain('sk-first');
  const id = await place.model('listed');
  expect(place.llm.catalog.deployment(id)?.provider.credentials).toEqual(['sk-first', 'sk-second']);
  expect(JSON.stringify(place.llm.catalog.list())).not.toContain('sk-first');
});

test('the list has models and groups once each, without those that nobody serves', async () => {
  await place.group('empty', ['absent']);
  const ids = place.llm.catalog.list().map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids).toEqual(expect.arrayContaining(['g', 'm1']));
  expect(ids).not.toContain('empty');
});
