import { FormData } from 'undici';
import { nothing } from '../../usage/usage.ts';
import type { Consumption } from '../../usage/usage.ts';
import type { Deployment } from '../catalog-snapshot.ts';
import { audioDurationMs } from '../formats/audio/duration.ts';
import type { TranscriptionRequest } from '../formats/audio/transcription-request.ts';
import { countTextTokens } from '../tokens.ts';
import { askWhole } from './ask-whole.ts';
import { openAiOnly } from './openai-only.ts';
import type { Operation, Prepared } from './operation.ts';
import { pricedByTokens } from './priced-by-tokens.ts';
import { transcribed } from './transcribed.ts';

/**
 * `POST /v1/audio/transcriptions`. The recording is measured first: how long it is, is what it may cost. One that cannot be
 * measured is taken to be as long as its size allows, and is charged so, flagged, if the provider does not tell either.
 */
export async function transcriptionOperation(request: TranscriptionRequest): Promise<Operation> {
  const measuredMs = await audioDurationMs(request.file);
  const audioMs = measuredMs ?? Math.ceil((request.file.size * 8_000) / LEAST_BITS_PER_SECOND);
  const inputTokens = countTextTokens(request.prompt ?? '');

  function prepare(deployment: Deployment): Prepared {
    openAiOnly(deployment, 'hears nothing');
    const byTokens = pricedByTokens(deployment);
    const { maxOutputTokens } = deployment;
    const heardTokens = inputTokens + Math.ceil((audioMs * TOKENS_PER_SECOND) / 1000);
    const used = (ms: number, outputTokens: number): Consumption =>
      byTokens ? { ...nothing, audioMs: ms, inputTokens: heardTokens, outputTokens } : { ...nothing, audioMs: ms };
    return {
      worst: used(Math.ceil(audioMs / 1000) * 1000, maxOutputTokens), // some bill a second that has begun
      estimate: (written) => used(audioMs, Math.min(maxOutputTokens, countTextTokens(written))),
      ask: (asking) =>
        askWhole(asking, {
          deployment,
          path: '/audio/transcriptions',
          body: formFor(request, deployment),
          read: (response) => transcribed(response, { request, deployment, measuredMs }),
        }),
    };
  }

  const needs = { types: ['stt'] as const, abilities: {}, inputTokens, outputTokens: null };
  return { name: 'transcription', model: request.model, streamed: false, needs, prepare };
}

/** Speech is not coded below this. */
const LEAST_BITS_PER_SECOND = 8_000;

/** OpenAI's models take 10 to 17 tokens for a second of speech, by their prices a minute and a million tokens. */
const TOKENS_PER_SECOND = 20;

/** The client's own fields in their order, with the model's name of the upstream. Made anew for each attempt. */
function formFor(request: TranscriptionRequest, { upstreamName }: Deployment): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries({ ...request, model: upstreamName })) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (typeof one === 'string') form.append(name, one);
      else if (one !== undefined) form.append(name, one, one.name);
    }
  }
  return form;
}
