import type { JsonObject } from '../format.ts';
import { textIn } from '../json.ts';

/**
 * Appends `thinking_blocks` of a message or of a delta (LiteLLM's extension). In a stream a block may come whole or in
 * pieces, the last of which has the signature: until then what follows belongs to the same block.
 */
export function addThinking(blocks: JsonObject[], pieces: readonly JsonObject[]): void {
  for (const piece of pieces) {
    const last = blocks.at(-1);
    if (last && isUnsigned(last) && piece['type'] === 'thinking') {
      blocks[blocks.length - 1] = joined(last, piece);
    } else {
      blocks.push(piece);
    }
  }
}

/** The text of the thoughts, for an answer that tells it nowhere else. */
export function thoughtIn(blocks: readonly JsonObject[]): string {
  return blocks.map(({ thinking }) => textIn(thinking)).join('');
}

const isUnsigned = ({ type, signature }: JsonObject): boolean => type === 'thinking' && textIn(signature) === '';

function joined(block: JsonObject, piece: JsonObject): JsonObject {
  return { ...block, ...piece, thinking: textIn(block['thinking']) + textIn(piece['thinking']) };
}
