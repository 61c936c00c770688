import { nothing } from '../../usage/usage.ts';
import type { Deployment } from '../catalog-snapshot.ts';
import { inexpressible } from '../formats/format.ts';
import { imageTokens, picturesIn } from '../formats/images/reading.ts';
import type { ImagesRequest } from '../formats/images/request.ts';
import { countTextTokens } from '../tokens.ts';
import { answerObject, notInFormat, underPublicName } from './answer-object.ts';
import { askJson } from './ask-whole.ts';
import { comfyUiImages } from './comfyui-images.ts';
import type { Operation, Prepared, Reply } from './operation.ts';
import { pricedByTokens } from './priced-by-tokens.ts';

/** `POST /v1/images/generations`. */
export function imagesOperation(request: ImagesRequest, now: () => Date): Operation {
  const inputTokens = countTextTokens(request.prompt);
  return {
    name: 'images',
    model: request.model,
    streamed: false,
    needs: { types: ['image'], abilities: {}, inputTokens, outputTokens: null },
    prepare(deployment) {
      switch (deployment.provider.wireFormat) {
        case 'openai':
          return openAiImages({ request, deployment, inputTokens });
        case 'comfyui':
          return comfyUiImages({ request, deployment, now });
        case 'anthropic':
          throw inexpressible('model', `${deployment.name} draws no pictures.`);
      }
    },
  };
}

type Drawing = { request: ImagesRequest; deployment: Deployment; inputTokens: number };

/** `maxOutputTokens` of a model that bills pictures by tokens is the most that one picture takes. */
function openAiImages({ request, deployment, inputTokens }: Drawing): Prepared {
  const images = request.n ?? 1;
  const outputTokens = deployment.maxOutputTokens * images;
  const worst = pricedByTokens(deployment) ? { ...nothing, images, inputTokens, outputTokens } : { ...nothing, images };
  return {
    worst,
    estimate: () => worst,
    ask: (asking) =>
      askJson(asking, {
        deployment,
        path: '/images/generations',
        body: { ...request, model: deployment.upstreamName },
        read: async ({ body }) => drawn(deployment, await body.text()),
      }),
  };
}

function drawn(deployment: Deployment, text: string): Reply {
  const body = answerObject(text);
  const images = picturesIn(body);
  if (images === 0) throw notInFormat();
  const tokens = pricedByTokens(deployment) ? imageTokens(body) : nothing;
  const usage = tokens && { ...tokens, images };
  return { kind: 'answer', answer: underPublicName(deployment.name, body, text), usage, written: '' };
}
