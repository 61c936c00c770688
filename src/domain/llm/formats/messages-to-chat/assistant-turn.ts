import type { JsonObject } from '../format.ts';
import { textIn } from '../json.ts';
import { textOf } from './content-parts.ts';
import type { Placed } from './content-parts.ts';

/**
 * What an assistant said before: its text in one piece, then its calls. Its thinking is left out on purpose: only the
 * model that signed it can read it, and upstreams such as DeepSeek refuse a `reasoning_content` that is sent to them.
 * @throws AppError `invalid_request` for tools that Anthropic ran
 */
export function assistantMessages(blocks: Placed[]): JsonObject[] {
  const said = blocks.filter(({ block }) => !thoughts.has(block['type']));
  const calls = said.filter(isCall).map(toolCall);
  const text = said
    .filter((placed) => !isCall(placed))
    .map(textOf)
    .join('');
  if (calls.length === 0) return text === '' ? [] : [{ role: 'assistant', content: text }];
  return [{ role: 'assistant', content: text === '' ? null : text, tool_calls: calls }];
}

const thoughts = new Set<unknown>(['thinking', 'redacted_thinking']);

const isCall = ({ block }: Placed) => block['type'] === 'tool_use';

function toolCall({ block: { id, name, input } }: Placed): JsonObject {
  return { id, type: 'function', function: { name: textIn(name), arguments: JSON.stringify(input) } };
}
