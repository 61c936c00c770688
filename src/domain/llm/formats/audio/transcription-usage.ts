import { nothing } from '../../../usage/usage.ts';
import type { Consumption } from '../../../usage/usage.ts';
import type { JsonObject } from '../format.ts';
import { countIn, isObject, objectIn } from '../json.ts';

/** How long a recording was by the provider: what it bills, or what it heard; null when it did not tell. */
export function toldAudioMs({ usage, duration }: JsonObject): number | null {
  return wholeMs(objectIn(usage)['seconds']) ?? wholeMs(duration);
}

/** The `usage` of models that bill speech by tokens, such as gpt-4o-transcribe; null when the provider did not tell. */
export function toldTokens({ usage }: JsonObject): Consumption | null {
  if (!isObject(usage) || typeof usage['output_tokens'] !== 'number') return null;
  return { ...nothing, inputTokens: countIn(usage['input_tokens']), outputTokens: countIn(usage['output_tokens']) };
}

/** Seconds, as a number or, as OpenAI once sent them, as a text. */
function wholeMs(seconds: unknown): number | null {
  if (typeof seconds !== 'number' && typeof seconds !== 'string') return null;
  const ms = Math.round(Number(seconds) * 1000);
  return ms > 0 && ms <= LONGEST_MS ? ms : null;
}

/** A week; whoever tells of more is mistaken. */
const LONGEST_MS = 604_800_000;
