import type { UpstreamResponse } from '../upstream/exchange.ts';
import { nothing } from '../../usage/usage.ts';
import type { Consumption } from '../../usage/usage.ts';
import type { Deployment } from '../catalog-snapshot.ts';
import { answersJson } from '../formats/audio/transcription-request.ts';
import type { TranscriptionRequest } from '../formats/audio/transcription-request.ts';
import { toldAudioMs, toldTokens } from '../formats/audio/transcription-usage.ts';
import type { JsonObject } from '../formats/format.ts';
import { answerObject, notInFormat, underPublicName } from './answer-object.ts';
import type { Reply } from './operation.ts';
import { pricedByTokens } from './priced-by-tokens.ts';

/** `measuredMs` is null for a recording that could not be measured here. */
export type Heard = { request: TranscriptionRequest; deployment: Deployment; measuredMs: number | null };

/**
 * What came back for a recording: JSON, text or subtitles.
 * @throws UpstreamBroke, SyntaxError when it is not what was asked for
 */
export async function transcribed(response: UpstreamResponse, heard: Heard): Promise<Reply> {
  const text = await response.body.text();
  if (!answersJson(heard.request)) {
    const answer = { contentType: 'text/plain; charset=utf-8', body: text };
    return { kind: 'answer', answer, usage: usageOf({}, heard), written: text };
  }
  const body = answerObject(text);
  const { text: written } = body;
  if (typeof written !== 'string') throw notInFormat();
  const answer = underPublicName(heard.deployment.name, body, text);
  return { kind: 'answer', answer, usage: usageOf(body, heard), written };
}

/** The provider's word, or our own measure of the recording; tokens are by its word only. */
function usageOf(body: JsonObject, { deployment, measuredMs }: Heard): Consumption | null {
  const tokens = pricedByTokens(deployment) ? toldTokens(body) : nothing;
  const audioMs = toldAudioMs(body) ?? measuredMs;
  if (audioMs === null && deployment.prices.audioSecondNanos === undefined) return tokens;
  return tokens && audioMs !== null ? { ...tokens, audioMs } : null;
}
