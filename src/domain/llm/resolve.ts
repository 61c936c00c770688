import { AppError } from '../../errors.ts';
import type { Needs, Route } from './catalog.ts';
import type { Deployment, Snapshot } from './catalog-snapshot.ts';
import type { Candidate } from './chain.policy.ts';

/** Who may answer a request for a model or a group. Throws as `Catalog.resolve` says. */
export function resolveRoute(snapshot: Snapshot, { name, needs, timeoutMs, random }: Wanted): Route {
  const group = snapshot.groups.get(name);
  const modelNames = group?.modelNames ?? [name];
  const found = modelNames.flatMap((model) => inTurns(snapshot.byName.get(model) ?? [], random));
  if (found.length === 0) throw noSuchModel(name);

  const allowed = found.filter(
    (deployment) => keyAllows(needs, name, deployment) && tierAllows(needs, name, deployment),
  );
  if (allowed.length === 0)
    throw notAllowed(
      found.some((deployment) => keyAllows(needs, name, deployment)),
      name,
    );
  const fitting = allowed.filter(({ type }) => needs.types.includes(type));
  if (fitting.length === 0) {
    const said = `${name} is for ${allowed[0]?.type}; this request needs a model for ${needs.types.join(' or ')}.`;
    throw new AppError('invalid_request', said, { details: about('is of another type') });
  }
  const able = fitting.filter((deployment) => lacking(deployment, needs).length === 0);
  if (able.length === 0) {
    const lacks = [...new Set(fitting.flatMap((deployment) => lacking(deployment, needs)))];
    throw new AppError('invalid_request', `${name} cannot do what this request asks for: ${lacks.join(', ')}.`, {
      details: about('lacks an ability'),
    });
  }
  const candidates = able.filter((deployment) => fits(deployment, needs)).map(toCandidate);
  if (candidates.length === 0) throw tooLong(able, needs);

  return {
    candidates,
    retryCount: group?.retryCount ?? RETRIES_OF_ONE_MODEL,
    fallbackEnabled: group?.fallbackEnabled ?? true,
    timeoutMs: group?.timeoutMs ?? timeoutMs,
  };
}

/** @param random from 0 up to 1, for the turns of deployments of one name and priority */
export type Wanted = { name: string; needs: Needs; timeoutMs: number; random: () => number };

const RETRIES_OF_ONE_MODEL = 2;

/** By priority; within one in random order, each first as often as its weight says (Efraimidis and Spirakis, 2006). */
function inTurns(deployments: Deployment[], random: () => number): Deployment[] {
  if (deployments.length < 2) return deployments;
  return deployments
    .map((deployment) => ({ deployment, luck: random() ** (1 / deployment.weight) }))
    .sort((a, b) => a.deployment.priority - b.deployment.priority || b.luck - a.luck)
    .map(({ deployment }) => deployment);
}

const about = (message: string) => ({ issues: [{ path: 'model', message }] });

function noSuchModel(name: string): AppError {
  return new AppError('not_found', `The model ${name} does not exist.`, {
    details: { model: name, ...about('is not known') },
  });
}

/** Leave to use a group is leave to use all of its models. */
function keyAllows({ caller: { allowedModels } }: Needs, wanted: string, { name }: Deployment): boolean {
  return allowedModels === null || allowedModels.includes(wanted) || allowedModels.includes(name);
}

function tierAllows({ caller }: Needs, wanted: string, { name, type }: Deployment): boolean {
  const { allowedModelTypes, blockedModels } = caller;
  if (allowedModelTypes !== null && !allowedModelTypes.includes(type)) return false;
  return blockedModels === null || !(blockedModels.includes(wanted) || blockedModels.includes(name));
}

function notAllowed(byKey: boolean, name: string): AppError {
  const who = byKey ? 'Your tier' : 'This key';
  return new AppError('forbidden', `${who} may not use the model ${name}.`, { details: about('is not allowed') });
}

const lacking = ({ abilities }: Deployment, { abilities: needed }: Needs) =>
  abilityNames.filter((name) => needed[name] === true && !abilities[name]);

const abilityNames = ['streaming', 'tools', 'vision', 'json', 'reasoning', 'documents'] as const;

const fits = ({ contextTokens }: Deployment, { inputTokens, outputTokens }: Needs) =>
  inputTokens + (outputTokens ?? 1) <= contextTokens;

function toCandidate({ id, name, contextTokens, provider }: Deployment): Candidate {
  const credentials = Math.max(1, provider.credentials.length);
  return { modelId: id, modelName: name, providerId: provider.id, contextTokens, credentials };
}

function tooLong(deployments: Deployment[], { inputTokens, outputTokens }: Needs): AppError {
  const most = Math.max(...deployments.map(({ contextTokens }) => contextTokens));
  const asked = outputTokens === null ? `${inputTokens}` : `${inputTokens} and up to ${outputTokens} more`;
  const issues = [{ path: 'messages', message: 'too long' }];
  const details = { reason: 'context_length_exceeded', context_tokens: most, issues };
  return new AppError('invalid_request', `The context length is ${most} tokens, the request has ${asked}.`, {
    details,
  });
}
