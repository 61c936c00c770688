import { chatVoice } from '../../streams/client-voice.ts';
import type { Rewrite } from '../../streams/relay.ts';
import type { JsonObject } from '../format.ts';
import { isObject, listIn, objectIn } from '../json.ts';

export type SameChatOptions = {
  /** The public name, which stands in every chunk. */
  model: string;
  /** Whether the client asked for usage; else what we asked for is taken out again. */
  wantsUsage: boolean;
};

/**
 * OpenAI's chunks for a client of the same format: as they came where they are right, and put right where providers are
 * careless: one id a stream, the role first, our public name. Whatever else a provider adds stays.
 */
export function sameChatStream({ model, wantsUsage }: SameChatOptions): Rewrite {
  let id: unknown;
  let hasRole = false;

  /** The chunk with what had to be changed, or the same object. */
  function righted(chunk: JsonObject): JsonObject {
    id ??= chunk['id'];
    let right = chunk;
    if (chunk['model'] !== model || chunk['id'] !== id) right = { ...right, model, id };
    if (!wantsUsage && 'usage' in chunk) right = withoutUsage(right);
    if (hasRole) return right;
    const [choice] = listIn(chunk['choices']);
    if (!isObject(choice)) return right;
    hasRole = true;
    const delta = objectIn(choice['delta']);
    if (delta['role'] !== undefined) return right;
    return { ...right, choices: [{ ...choice, delta: { role: 'assistant', ...delta } }] };
  }

  return {
    repeats: true,
    next(chunk, data) {
      if (!wantsUsage && isUsageOnly(chunk)) return '';
      const right = righted(chunk);
      return right === chunk ? `data: ${data}\n\n` : chatVoice.event(right);
    },
    end: () => chatVoice.close,
    broken: chatVoice.broken,
  };
}

/** The chunk that exists only for its usage. */
const isUsageOnly = (chunk: JsonObject) => isObject(chunk['usage']) && listIn(chunk['choices']).length === 0;

function withoutUsage({ usage: _usage, ...chunk }: JsonObject): JsonObject {
  return chunk;
}
