import type { JsonObject } from '../format.ts';

/**
 * How an answer ended, in Anthropic's words. OpenAI does not tell a stop sequence from a natural end, so both are
 * `end_turn`. Some providers say `stop` after calling tools, or the reverse: whether there are calls decides, because
 * a client waits for results only of calls that it can see.
 */
export function howItEnded({ finish, called, refusal }: Ending): JsonObject {
  return { stop_reason: stopReason({ finish, called, refusal }), stop_sequence: null, stop_details: details(refusal) };
}

/** @property refusal what the model said instead of an answer, or '' */
type Ending = { finish: string; called: boolean; refusal: string };

function stopReason({ finish, called, refusal }: Ending): string {
  if (finish === 'length') return 'max_tokens';
  if (finish === 'content_filter' || refusal !== '') return 'refusal';
  return called ? 'tool_use' : 'end_turn';
}

function details(refusal: string): JsonObject | null {
  return refusal === '' ? null : { type: 'refusal', category: null, explanation: refusal };
}
