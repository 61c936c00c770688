import type { UpstreamResponse } from '../upstream/exchange.ts';
import { nothing } from '../../usage/usage.ts';
import type { Consumption } from '../../usage/usage.ts';
import { spokenIn } from '../formats/audio/speech-events.ts';
import type { SpeechRequest } from '../formats/audio/speech-request.ts';
import { UpstreamBroke } from '../streams/upstream-watch.ts';
import { answerObject, notInFormat } from './answer-object.ts';
import type { Reply } from './operation.ts';

export type Wanted = { request: SpeechRequest; characters: number; byTokens: boolean; wantsEvents: boolean };

/**
 * What came back for a text: audio, or the events that hold it.
 * @throws UpstreamBroke when it is neither
 */
export async function spoken(response: UpstreamResponse, wanted: Wanted): Promise<Reply> {
  const contentType = response.headers['content-type'] ?? '';
  if (contentType.startsWith('application/json')) {
    answerObject(await response.body.text()); // throws the provider's own words
    throw notInFormat();
  }
  const bytes = await response.body.bytes();
  if (bytes.length === 0) throw new UpstreamBroke('The answer was empty.');
  const { characters, byTokens } = wanted;
  if (!contentType.startsWith('text/event-stream')) {
    return answered({ contentType: audioType(contentType, wanted), body: bytes }, byTokens ? null : paid(characters));
  }
  const { audio, usage } = spokenIn(bytes);
  const told = byTokens ? usage && { ...usage, characters } : paid(characters);
  if (wanted.wantsEvents) return answered({ contentType, body: bytes }, told);
  return answered({ contentType: audioType('', wanted), body: audio }, told);
}

const paid = (characters: number): Consumption => ({ ...nothing, characters });

function answered(answer: { contentType: string; body: Uint8Array }, usage: Consumption | null): Reply {
  return { kind: 'answer', answer, usage, written: '' };
}

/** A provider's own type when it is one of audio: nothing else of its choice is served under our name. */
function audioType(told: string, { request }: Wanted): string {
  if (told.startsWith('audio/')) return told;
  return typeOf.get(request.response_format ?? 'mp3') ?? 'application/octet-stream';
}

const typeOf = new Map([
  ['mp3', 'audio/mpeg'],
  ['opus', 'audio/ogg'],
  ['aac', 'audio/aac'],
  ['flac', 'audio/flac'],
  ['wav', 'audio/wav'],
  ['pcm', 'audio/pcm'],
]);
