import { textIn } from '../json.ts';

/**
 * `chatcmpl-…` after the id of Anthropic's message, so that one can be found by the other.
 * @param created in unix seconds, for a provider that names no id
 */
export function completionId(messageId: unknown, created: number): string {
  const id = textIn(messageId).replace(/^msg_/, '');
  return `chatcmpl-${id === '' ? created : id}`;
}

/**
 * OpenAI's `finish_reason` for a `stop_reason` (https://platform.claude.com/docs/en/api/handling-stop-reasons). A
 * `pause_turn` is for tools that Anthropic runs and can be no more than an end here, as anything unknown.
 */
export function finishReason(stopReason: unknown): string {
  return finishReasons.get(stopReason) ?? 'stop';
}

const finishReasons = new Map<unknown, string>([
  ['end_turn', 'stop'],
  ['stop_sequence', 'stop'],
  ['pause_turn', 'stop'],
  ['max_tokens', 'length'],
  ['model_context_window_exceeded', 'length'],
  ['tool_use', 'tool_calls'],
  ['refusal', 'content_filter'],
]);
