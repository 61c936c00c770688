import { nothing } from '../../usage/usage.ts';
import type { Consumption } from '../../usage/usage.ts';
import type { Deployment } from '../catalog-snapshot.ts';
import { charactersIn } from '../formats/audio/speech-request.ts';
import type { SpeechRequest } from '../formats/audio/speech-request.ts';
import { countTextTokens } from '../tokens.ts';
import { askJson } from './ask-whole.ts';
import { openAiOnly } from './openai-only.ts';
import type { Operation, Prepared } from './operation.ts';
import { pricedByTokens } from './priced-by-tokens.ts';
import { spoken } from './spoken.ts';

/**
 * `POST /v1/audio/speech`. Characters are known before the call. Tokens of speech are told in events only, so a model that
 * is priced by them is asked for events, and the client still gets audio.
 */
export function speechOperation(request: SpeechRequest): Operation {
  const characters = charactersIn(request.input);
  const inputTokens = countTextTokens(request.input) + countTextTokens(request.instructions ?? '');

  function prepare(deployment: Deployment): Prepared {
    openAiOnly(deployment, 'does not speak');
    const byTokens = pricedByTokens(deployment);
    const { maxOutputTokens } = deployment;
    const used = (outputTokens: number): Consumption =>
      byTokens ? { ...nothing, characters, inputTokens, outputTokens } : { ...nothing, characters };
    const wantsEvents = request.stream_format === 'sse';
    return {
      worst: used(maxOutputTokens),
      estimate: () => used(Math.min(maxOutputTokens, characters * TOKENS_PER_CHARACTER)),
      ask: (asking) =>
        askJson(asking, {
          deployment,
          path: '/audio/speech',
          body: { ...request, model: deployment.upstreamName, ...(byTokens && { stream_format: 'sse' }) },
          read: (response) => spoken(response, { request, characters, byTokens, wantsEvents }),
        }),
    };
  }

  const needs = { types: ['tts'] as const, abilities: {}, inputTokens, outputTokens: null };
  return { name: 'speech', model: request.model, streamed: false, needs, prepare };
}

/** A second of speech is 20 tokens with OpenAI's models, and no language speaks fewer than 4 characters in it. */
const TOKENS_PER_CHARACTER = 5;
