import { createHash } from 'node:crypto';
import type { ModelType } from '../../entities/model.ts';
import type { Caller } from '../usage/usage.ts';
import type { Abilities, Deployment, Snapshot } from './catalog-snapshot.ts';

/** What clients may choose from. `version` changes with every change of the rest; never a key, nor an address. */
export type ClientConfig = { version: string; updatedAt: Date | null; groups: ClientGroup[] };

type ClientGroup = { groupId: string; modelType: ModelType; displayName: string; models: ClientModel[] };

/** A name, whoever serves it: `provider` is the one who is asked first, the abilities are those of the ablest. */
type ClientModel = {
  modelId: string;
  modelType: ModelType;
  displayName: string;
  provider: string;
  abilities: Abilities;
  contextTokens: number;
  maxOutputTokens: number;
};

/** The groups as one tier sees them, without what is disabled or shut to it. */
export function clientConfig(snapshot: Snapshot, tier: Tier): ClientConfig {
  const groups = [...snapshot.groups.values()]
    .filter(({ id }) => !tier.blockedModels?.includes(id))
    .map((group) => ({
      groupId: group.id,
      modelType: group.type,
      displayName: group.displayName,
      updatedAt: group.updatedAt,
      models: group.modelNames.flatMap((name) => modelsOf(snapshot.byName.get(name) ?? [], tier)),
    }))
    .filter(({ models }) => models.length > 0);
  const times = groups.flatMap(({ updatedAt, models }) => [updatedAt, ...models.map((model) => model.updatedAt)]);
  const updatedAt = times.length === 0 ? null : new Date(Math.max(...times.map((at) => at.getTime())));
  const version = createHash('sha256').update(JSON.stringify(groups)).digest('hex').slice(0, 16);
  return { version, updatedAt, groups };
}

type Tier = Pick<Caller, 'allowedModelTypes' | 'blockedModels'>;

function modelsOf(deployments: Deployment[], { allowedModelTypes, blockedModels }: Tier) {
  const open = deployments.filter(
    ({ type, name }) => (allowedModelTypes?.includes(type) ?? true) && !blockedModels?.includes(name),
  );
  const [first] = open;
  if (!first) return [];
  return [
    {
      modelId: first.name,
      modelType: first.type,
      displayName: first.displayName,
      provider: first.provider.id,
      abilities: ablest(open),
      contextTokens: Math.max(...open.map(({ contextTokens }) => contextTokens)),
      maxOutputTokens: Math.max(...open.map(({ maxOutputTokens }) => maxOutputTokens)),
      updatedAt: new Date(Math.max(...open.map(({ updatedAt }) => updatedAt.getTime()))),
    },
  ];
}

function ablest(deployments: Deployment[]): Abilities {
  const can = (name: keyof Abilities) => deployments.some(({ abilities }) => abilities[name]);
  return {
    streaming: can('streaming'),
    tools: can('tools'),
    vision: can('vision'),
    json: can('json'),
    reasoning: can('reasoning'),
    documents: can('documents'),
  };
}
