import { randomInt } from 'node:crypto';
import { nothing } from '../../usage/usage.ts';
import type { Deployment } from '../catalog-snapshot.ts';
import { comfyUiOptionsOf } from '../formats/comfyui/options.ts';
import { comfyUiWorkflow } from '../formats/comfyui/request.ts';
import type { ImagesRequest } from '../formats/images/request.ts';
import { drawWithComfyUi } from '../upstream/comfyui.ts';
import type { ComfyUiJob } from '../upstream/comfyui.ts';
import { jsonAnswer } from './answer-object.ts';
import type { Prepared, Reply } from './operation.ts';

/** Pictures by a ComfyUI, answered in OpenAI's format as `b64_json`. They are paid by the picture. */
export function comfyUiImages({ request, deployment, now }: ComfyUiImages): Prepared {
  const options = comfyUiOptionsOf(deployment);
  const workflow = comfyUiWorkflow(request, options, randomInt(SEEDS));
  const mostPictures = request.n ?? 1;
  const worst = { ...nothing, images: mostPictures };
  return {
    worst,
    estimate: () => worst,
    ask: (asking) => draw({ asking, deployment, workflow, pollMs: options.poll_ms, mostPictures }, now),
  };
}

export type ComfyUiImages = { request: ImagesRequest; deployment: Deployment; now: () => Date };

/** As many as `randomInt` can tell apart. */
const SEEDS = 2 ** 48 - 1;

async function draw(job: ComfyUiJob, now: () => Date): Promise<Reply> {
  const drawn = await drawWithComfyUi(job);
  if (drawn.kind !== 'drawn') return drawn;
  const data = drawn.pictures.map((picture) => ({ b64_json: Buffer.from(picture).toString('base64') }));
  const created = Math.floor(now().getTime() / 1000);
  const usage = { ...nothing, images: data.length };
  return { kind: 'answer', answer: jsonAnswer(JSON.stringify({ created, data })), usage, written: '' };
}
