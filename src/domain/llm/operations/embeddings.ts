import { nothing } from '../../usage/usage.ts';
import type { Deployment } from '../catalog-snapshot.ts';
import { embeddingsUsage } from '../formats/embeddings/reading.ts';
import { tokensOfInputs } from '../formats/embeddings/request.ts';
import type { EmbeddingsRequest } from '../formats/embeddings/request.ts';
import { listIn } from '../formats/json.ts';
import { answerObject, notInFormat, underPublicName } from './answer-object.ts';
import { askJson } from './ask-whole.ts';
import { openAiOnly } from './openai-only.ts';
import type { Operation, Prepared, Reply } from './operation.ts';

/** `POST /v1/embeddings`. */
export function embeddingsOperation(request: EmbeddingsRequest): Operation {
  const counts = tokensOfInputs(request);
  const used = { ...nothing, inputTokens: counts.reduce((sum, count) => sum + count, 0) };

  function prepare(deployment: Deployment): Prepared {
    openAiOnly(deployment, 'makes no embeddings');
    return {
      worst: used,
      estimate: () => used,
      ask: (asking) =>
        askJson(asking, {
          deployment,
          path: '/embeddings',
          body: { ...request, model: deployment.upstreamName },
          read: async ({ body }) => embedded(deployment, await body.text()),
        }),
    };
  }

  const inputTokens = counts.reduce((most, count) => Math.max(most, count), 0);
  const needs = { types: ['embedding'] as const, abilities: {}, inputTokens, outputTokens: 0 };
  return { name: 'embeddings', model: request.model, streamed: false, needs, prepare };
}

function embedded({ name }: Deployment, text: string): Reply {
  const body = answerObject(text);
  if (listIn(body['data']).length === 0) throw notInFormat();
  return { kind: 'answer', answer: underPublicName(name, body, text), usage: embeddingsUsage(body), written: '' };
}
