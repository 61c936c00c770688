import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Provider } from '../../entities/provider.ts';
import { failureOf, llmPlace, prices } from '../../../test/llm-place.ts';
import type { LlmPlace } from '../../../test/llm-place.ts';
import { eventually } from '../../../test/usage-place.ts';
import { createKeyring } from '../../infra/keyring.ts';
import { createLogger } from '../../infra/logger.ts';
import { createOutboundPolicy } from '../../infra/outbound.ts';
import { createCatalog } from './catalog.ts';

let place: LlmPlace;
beforeAll(async () => {
  place = await llmPlace();
});
afterAll(() => place.close());

const catalog = () => place.llm.catalog;
const publicUrl = 'https://api.example.com/v1';

test('a change is known to every process', async () => {
  const other = await place.anotherLlm();
  const id = await place.model('new');
  await eventually(() => other.catalog.deployment(id) !== undefined);

  await catalog().change((em) => catalog().models.update(em, id, { weight: 7 }));
  await eventually(() => other.catalog.deployment(id)?.weight === 7);
  await catalog().change((em) => catalog().providers.rotate(em, 'fake', ['sk-rotated']));
  await eventually(() => other.catalog.deployment(id)?.provider.credentials[0] === 'sk-rotated');
  await catalog().change((em) => catalog().models.remove(em, id));
  await eventually(() => other.catalog.deployment(id) === undefined);
});

test('each change of prices is the next version, and every version can be read', async () => {
  const id = await place.model('priced');
  const version = () => catalog().deployment(id)?.priceVersion;
  await expect(place.model('priced', { displayName: 'Renamed' })).resolves.toBe(id);
  await catalog().change((em) => catalog().models.update(em, id, { prices: { ...prices }, priority: 5 }));
  expect(version()).toBe(1);

  await place.model('priced', { prices: { ...prices, outputNanos: 1 } });
  await catalog().change((em) => catalog().models.update(em, id, { prices: { ...prices, reasoningNanos: 2 } }));
  expect(version()).toBe(3);
  await catalog().change((em) => catalog().models.remove(em, id));
  await expect(catalog().models.priceVersions(id)).resolves.toMatchObject([
    { version: 3, prices: { ...prices, reasoningNanos: 2 } },
    { version: 2, prices: { ...prices, outputNanos: 1 } },
    { version: 1, prices },
  ]);
});

test('prices that change in two processes at once are two versions', async () => {
  const other = await place.anotherLlm();
  const id = await place.model('raced');
  const reprice = (llm: LlmPlace['llm'], outputNanos: number) =>
    llm.catalog.change((em) => llm.catalog.models.update(em, id, { prices: { ...prices, outputNanos } }));
  await Promise.all([reprice(place.llm, 1), reprice(other, 2), reprice(place.llm, 3), reprice(other, 4)]);
  const versions = await catalog().models.priceVersions(id);
  expect(versions.map(({ version }) => version)).toEqual([5, 4, 3, 2, 1]);
  expect(new Set(versions.map((version) => version.prices.outputNanos)).size).toBe(5);
});

test('credentials are sealed in Postgres, stay when none are given, and are in no list', async () => {
  const given = { id: 'sealed', displayName: 'Sealed', baseUrl: publicUrl, enabled: true };
  await catalog().upsertProvider({ ...given, credentials: ['sk-first', 'sk-second'] });
  await catalog().upsertProvider({ ...given, displayName: 'Renamed' });
  const [row] = await place.database.em.fork().find(Provider, { id: 'sealed' }, { populate: ['sealedCredentials'] });
  expect(row?.displayName).toBe('Renamed');
  expect(row?.sealedCredentials).toHaveLength(2);
  expect(JSON.stringify(row?.sealedCredentials)).not.toContain('sk-first');

  const id = await place.model('listed', { providerId: 'sealed' });
  expect(catalog().deployment(id)?.provider.credentials).toEqual(['sk-first', 'sk-second']);
  const seen = [catalog().list(), await catalog().providers.list(), await catalog().models.list({})];
  expect(JSON.stringify(seen)).not.toMatch(/sk-first|sealedCredentials/);
});

test('the list has models and groups once each, without those that nobody serves', async () => {
  await place.model('m1');
  await place.model('m1', { providerId: 'closed' });
  await place.group('g', ['m1']);
  await place.group('empty', ['absent']);
  const ids = catalog()
    .list()
    .map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids).toEqual(expect.arrayContaining(['g', 'm1']));
  expect(ids).not.toContain('empty');
});

test('an enabled provider needs a credential, unless it speaks ComfyUI', async () => {
  const { providers, change } = catalog();
  const bare = { displayName: 'Bare', baseUrl: publicUrl };
  const refused = { code: 'unprocessable', details: { issues: [{ path: 'credentials' }] } };
  const create = (id: string, more: object) =>
    change((em) => providers.create(em, { ...bare, id, enabled: true, ...more }));
  await expect(failureOf(create('bare', {}))).resolves.toMatchObject(refused);
  await expect(failureOf(providers.get('bare'))).resolves.toMatchObject({ code: 'not_found' });

  await create('bare', { enabled: false });
  const enable = () => change((em) => providers.update(em, 'bare', { enabled: true }));
  await expect(failureOf(enable())).resolves.toMatchObject(refused);
  await change((em) => providers.rotate(em, 'bare', ['none']));
  await expect(enable()).resolves.toMatchObject({ enabled: true, credentialCount: 1 });
  await expect(create('pictures', { wireFormat: 'comfyui' })).resolves.toMatchObject({ credentialCount: 0 });
});

test('a provider with models is not deleted, and goes with its last one', async () => {
  const { providers, models, change } = catalog();
  await change((em) =>
    providers.create(em, { id: 'leaving', displayName: 'Leaving', baseUrl: publicUrl, enabled: false }),
  );
  const id = await place.model('last', { providerId: 'leaving' });
  const leave = () => change((em) => providers.remove(em, 'leaving'));
  await expect(failureOf(leave())).resolves.toMatchObject({ code: 'conflict' });
  await change((em) => models.remove(em, id));
  await leave();
  await expect(failureOf(providers.get('leaving'))).resolves.toMatchObject({ code: 'not_found' });
});

test('a name is that of a model or of a group, never of both, and a group names models that there are', async () => {
  const { groups, models, change } = catalog();
  await place.model('a-model');
  await place.group('a-group', ['a-model']);
  const group = { displayName: 'Group', type: 'text', modelNames: ['a-model'] } as const;
  const put = (id: string, modelNames: string[]) => change((em) => groups.put(em, { ...group, id, modelNames }));
  await expect(failureOf(put('a-model', ['a-model']))).resolves.toMatchObject({ code: 'conflict' });
  await expect(failureOf(put('another', ['a-model', 'a-modle']))).resolves.toMatchObject({
    code: 'unprocessable',
    details: { issues: [{ path: 'model_ids.1' }] },
  });
  const [row] = await models.list({ providerId: 'fake' });
  if (!row) throw new Error('there is no model');
  const taken = change((em) => models.create(em, { ...row, name: 'a-group' }));
  await expect(failureOf(taken)).resolves.toMatchObject({
    code: 'conflict',
    details: { issues: [{ path: 'model_id' }] },
  });
});

test('a provider at an address that must not be called is refused, and one that is there already is left out', async () => {
  const { config, database, redis } = place;
  const strict = createCatalog({
    database,
    redis,
    subscriber: redis,
    keyring: createKeyring(config.ENCRYPTION_KEYS),
    outbound: createOutboundPolicy({ allowPrivate: false }),
    logger: createLogger({ level: 'silent', name: 'test' }),
    timeoutMs: 1_000,
  });
  const create = (baseUrl: string) =>
    strict.change((em) =>
      strict.providers.create(em, { id: 'inside', displayName: 'Inside', baseUrl, enabled: false }),
    );
  for (const baseUrl of ['http://127.0.0.1:8188', 'http://169.254.169.254/latest', 'ftp://api.example.com']) {
    await expect(failureOf(create(baseUrl))).resolves.toMatchObject({
      code: 'invalid_request',
      details: { issues: [{ path: 'base_url' }] },
    });
  }
  const id = await place.model('inside', { providerId: 'closed' });
  await strict.change((em) => strict.models.update(em, id, { priority: 1 }));
  expect(catalog().deployment(id)).toBeDefined();
  expect(strict.deployment(id)).toBeUndefined();
});
