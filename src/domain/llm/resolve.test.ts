import { expect, test } from '@jest/globals';
import type { ModelGroup } from '../../entities/model-group.ts';
import type { ErrorCode } from '../../errors.ts';
import { prices } from '../../../test/llm-place.ts';
import type { Needs } from './catalog.ts';
import type { Deployment, Snapshot } from './catalog-snapshot.ts';
import { resolveRoute } from './resolve.ts';

const everybody: Needs['caller'] = { allowedModels: null, allowedModelTypes: null, blockedModels: null };
const needs: Needs = {
  types: ['text', 'reasoning', 'vision'],
  abilities: {},
  inputTokens: 100,
  outputTokens: null,
  caller: everybody,
};
const updatedAt = new Date('2026-11-25T12:00:00Z');

function deployment(name: string, provider: string, changes: Partial<Deployment> = {}): Deployment {
  return {
    id: `mdl_${name}_${provider}`,
    name,
    upstreamName: name,
    type: 'text',
    displayName: name,
    provider: {
      id: provider,
      baseUrl: 'https://api.example.com/v1',
      wireFormat: 'openai',
      credentials: ['one', 'two'],
      headers: {},
      timeoutMs: null,
      idleTimeoutMs: null,
      requestsPerMinute: null,
      tokensPerMinute: null,
    },
    contextTokens: 8_000,
    maxOutputTokens: 1_000,
    abilities: { streaming: true, tools: false, vision: false, json: false, reasoning: false, documents: false },
    prices,
    priceVersion: 1,
    priority: 100,
    weight: 1,
    requestsPerMinute: null,
    tokensPerMinute: null,
    options: {},
    updatedAt,
    ...changes,
  };
}

const group = (id: string, modelNames: string[]): ModelGroup => ({
  id,
  displayName: id,
  type: 'text',
  modelNames,
  fallbackEnabled: false,
  retryCount: 1,
  timeoutMs: 5_000,
  enabled: true,
  updatedAt,
});

const catalogOf = (deployments: Deployment[], groups: ModelGroup[] = []): Snapshot => ({
  byId: new Map(deployments.map((one) => [one.id, one])),
  byName: Map.groupBy(deployments, ({ name }) => name),
  groups: new Map(groups.map((one) => [one.id, one])),
  listed: [],
});

const route = (snapshot: Snapshot, name: string, { random = () => 0.5, ...changes }: Asked = {}) =>
  resolveRoute(snapshot, { name, needs: { ...needs, ...changes }, timeoutMs: 60_000, random });

type Asked = Partial<Needs> & { random?: () => number };

const as = (caller: Partial<Needs['caller']>) => ({ caller: { ...everybody, ...caller } });

const order = (...asked: Parameters<typeof route>) =>
  route(...asked).candidates.map(({ modelName, providerId }) => `${modelName}@${providerId}`);

function refusal(...asked: Parameters<typeof route>): unknown {
  try {
    return route(...asked);
  } catch (error) {
    return error;
  }
}

const refused = (code: ErrorCode, path = 'model') => ({ code, details: { issues: [{ path }] } });

const mixed = catalogOf(
  [
    deployment('small', 'a', { priority: 20 }),
    deployment('small', 'b', { priority: 10 }),
    deployment('large', 'a', { contextTokens: 100_000, abilities: { ...deployment('x', 'x').abilities, tools: true } }),
    deployment('painter', 'a', { type: 'image' }),
    deployment('thinker', 'a', { type: 'reasoning' }),
  ],
  [group('g', ['large', 'absent', 'small']), group('all', ['painter', 'thinker', 'small'])],
);

test('a model is served by its providers in order of priority, a group by its models in order', () => {
  expect(order(mixed, 'small')).toEqual(['small@b', 'small@a']);
  expect(order(mixed, 'g')).toEqual(['large@a', 'small@b', 'small@a']);
  expect(route(mixed, 'g')).toMatchObject({ retryCount: 1, timeoutMs: 5_000, fallbackEnabled: false });
  expect(route(mixed, 'small')).toMatchObject({ retryCount: 2, timeoutMs: 60_000, fallbackEnabled: true });
});

test('a candidate says how many credentials it has, and none of them', () => {
  const [first] = route(mixed, 'large').candidates;
  expect(first).toEqual({
    modelId: 'mdl_large_a',
    modelName: 'large',
    providerId: 'a',
    contextTokens: 100_000,
    credentials: 2,
  });
});

test('an unknown name is not found, by name', () => {
  expect(refusal(mixed, 'nothing')).toMatchObject({ ...refused('not_found'), details: { model: 'nothing' } });
});

test('only models of the right type are asked, and a name without one is refused', () => {
  expect(order(mixed, 'all')).toEqual(['thinker@a', 'small@b', 'small@a']);
  expect(order(mixed, 'all', { types: ['image'] })).toEqual(['painter@a']);
  expect(refusal(mixed, 'painter')).toMatchObject(refused('invalid_request'));
  expect(refusal(mixed, 'g', { types: ['embedding'] })).toMatchObject(refused('invalid_request'));
});

test('only what is asked for has to be there', () => {
  expect(order(mixed, 'g', { abilities: { tools: true, vision: false } })).toEqual(['large@a']);
  const error = refusal(mixed, 'small', { abilities: { tools: true, vision: true } });
  expect(error).toMatchObject(refused('invalid_request'));
  expect(String(error)).toContain('tools, vision');
});

test('models with too small a context are left out', () => {
  expect(order(mixed, 'g', { inputTokens: 7_000, outputTokens: 2_000 })).toEqual(['large@a']);
  const error = refusal(mixed, 'small', { inputTokens: 8_000 });
  expect(error).toMatchObject({
    ...refused('invalid_request', 'messages'),
    details: { reason: 'context_length_exceeded', context_tokens: 8_000 },
  });
});

test('a key uses the models that it may, and a whole group by the name of the group', () => {
  expect(order(mixed, 'g', as({ allowedModels: ['large'] }))).toEqual(['large@a']);
  expect(order(mixed, 'g', as({ allowedModels: ['g'] }))).toEqual(['large@a', 'small@b', 'small@a']);
  expect(refusal(mixed, 'small', as({ allowedModels: ['large'] }))).toMatchObject(refused('forbidden'));
});

test('a tier opens types and shuts names, whatever the key may', () => {
  expect(order(mixed, 'all', as({ allowedModelTypes: ['text'] }))).toEqual(['small@b', 'small@a']);
  expect(order(mixed, 'all', as({ blockedModels: ['small'] }))).toEqual(['thinker@a']);
  for (const caller of [
    { allowedModelTypes: ['image' as const] },
    { blockedModels: ['small'], allowedModels: ['small'] },
  ]) {
    expect(refusal(mixed, 'small', as(caller))).toMatchObject(refused('forbidden'));
  }
  expect(refusal(mixed, 'g', as({ blockedModels: ['g'] }))).toMatchObject(refused('forbidden'));
});

test('deployments of one name and priority are first as often as their weights say', () => {
  const weighted = catalogOf([
    deployment('m', 'one', { weight: 1 }),
    deployment('m', 'three', { weight: 3 }),
    deployment('m', 'never-first', { weight: 0 }),
    deployment('m', 'later', { priority: 200, weight: 1_000 }),
  ]);
  const random = sequence(7);
  const firsts = Array.from({ length: 4_000 }, () => order(weighted, 'm', { random }));
  const share = (provider: string) => firsts.filter(([first]) => first === `m@${provider}`).length / firsts.length;
  expect(share('one')).toBeCloseTo(0.25, 1);
  expect(share('three')).toBeCloseTo(0.75, 1);
  expect(new Set(firsts.map((all) => all.slice(2).join()))).toEqual(new Set(['m@never-first,m@later']));
});

/** Numbers from 0 up to 1 that are the same each time (Park and Miller, 1988). */
function sequence(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
}
