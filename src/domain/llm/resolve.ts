import { AppError } from '../../errors.ts';
import type { Needs, Route } from './catalog.ts';
import type { Deployment, Snapshot } from './catalog-snapshot.ts';
import type { Candidate } from './chain.policy.ts';

/** Who may answer a request for a model or a group. Throws as `Catalog.resolve` says. */
export function resolveRoute(snapshot: Snapshot, { name, needs, timeoutMs }: Wanted): Route {
  const group = snapshot.groups.get(name);
  const modelNames = group?.modelNames ?? [name];
  const found = modelNames.flatMap((model) => snapshot.byName.get(model) ?? []);
  if (found.length === 0) throw noSuchModel(name);

  const allowed = found.filter((deployment) => isAllowed(needs.allowedModels, name, deployment));
  if (allowed.length === 0) {
    throw new AppError('forbidden', `This key may not use the model ${name}.`, { details: about('is not allowed') });
  }
  const able = allowed.filter((deployment) => isAble(deployment, needs));
  if (able.length === 0) {
    throw new AppError('invalid_request', `${name} cannot do what this request asks for (tools, pictures or JSON).`, {
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

type Wanted = { name: string; needs: Needs; timeoutMs: number };

const RETRIES_OF_ONE_MODEL = 2;

const about = (message: string) => ({ issues: [{ path: 'model', message }] });

function noSuchModel(name: string): AppError {
  return new AppError('not_found', `The model ${name} does not exist.`, {
    details: { model: name, ...about('is not known') },
  });
}

/** Leave to use a group is leave to use all of its models. */
function isAllowed(allowedModels: string[] | null, wanted: string, { name }: Deployment): boolean {
  return allowedModels === null || allowedModels.includes(wanted) || allowedModels.includes(name);
}

function isAble({ abilities }: Deployment, { tools, vision, json }: Needs): boolean {
  return (abilities.tools || !tools) && (abilities.vision || !vision) && (abilities.json || !json);
}

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
