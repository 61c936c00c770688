import type { JsonObject } from '../format.ts';
import { textIn } from '../json.ts';
import { toolArguments } from './tool-arguments.ts';
import { storedThinking } from './stored-thinking.ts';

/** A block of Anthropic's stream while it is written. All that it says is OpenAI's deltas, or null for nothing. */
export type OpenBlock = {
  opening: JsonObject | null;
  write(delta: JsonObject): JsonObject | null;
  close(): JsonObject | null;
};

/**
 * @param callIndex the place that a call would have among the calls
 * @returns null for a block without a counterpart
 */
export function openBlock(block: JsonObject, callIndex: number): OpenBlock | null {
  switch (block['type']) {
    case 'text':
      return openText(block);
    case 'thinking':
      return openThinking(block);
    case 'redacted_thinking':
      return { opening: null, write: () => null, close: () => ({ thinking_blocks: storedThinking(block) }) };
    case 'tool_use':
      return openCall(block, callIndex);
    default:
      return null;
  }
}

function openText({ text }: JsonObject): OpenBlock {
  return { opening: contentDelta(text), write: (delta) => contentDelta(delta['text']), close: () => null };
}

function contentDelta(piece: unknown): JsonObject | null {
  return textIn(piece) === '' ? null : { content: piece };
}

/** The text goes out as it comes; the whole block once more with its signature, for the client to keep. */
function openThinking(block: JsonObject): OpenBlock {
  let thinking = '';
  let signature = '';

  function write(delta: JsonObject): JsonObject | null {
    signature += textIn(delta['signature']);
    const piece = textIn(delta['thinking']);
    if (piece === '') return null;
    thinking += piece;
    return { reasoning_content: piece };
  }

  return {
    opening: write(block),
    write,
    close: () =>
      signature === '' ? null : { thinking_blocks: storedThinking({ type: 'thinking', thinking, signature }) },
  };
}

/** A call without input has no deltas at Anthropic, and some providers put the whole input at its start. */
function openCall({ id, name, input }: JsonObject, index: number): OpenBlock {
  let hasArguments = false;
  const argument = (text: string): JsonObject => ({ tool_calls: [{ index, function: { arguments: text } }] });
  return {
    opening: { tool_calls: [{ index, id, type: 'function', function: { name, arguments: '' } }] },
    write(delta) {
      const piece = textIn(delta['partial_json']);
      if (piece === '') return null;
      hasArguments = true;
      return argument(piece);
    },
    close: () => (hasArguments ? null : argument(toolArguments(input))),
  };
}
