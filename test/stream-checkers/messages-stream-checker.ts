import type { JsonObject } from '../../src/domain/llm/formats/format.ts';
import { objectIn, textIn } from '../../src/domain/llm/formats/json.ts';

/**
 * Whether a whole stream is one that Anthropic's API could have sent
 * (https://platform.claude.com/docs/en/build-with-claude/streaming), stricter than any client is.
 * @throws Error that names the first event which may not stand where it does
 */
export function checkMessagesStream(events: JsonObject[]): void {
  let state: State = { at: 'before' };
  for (const [index, event] of events.entries()) {
    try {
      if (event['type'] !== 'ping' || state.at === 'before') state = after(state, event);
    } catch (cause) {
      throw new Error(`event ${index}: ${String(cause)}\n${JSON.stringify(event)}`, { cause });
    }
  }
  must(state.at === 'stopped', `the stream ended ${state.at}`);
}

type Open = { kind: string; json: string; signed: boolean; index: number };
type Between = { at: 'between'; blocks: string[]; wroteTokens: number };
type State =
  { at: 'before' } | Between | { at: 'within'; block: Open; outer: Between } | { at: 'told' } | { at: 'stopped' };

function must(holds: boolean, what: string): asserts holds {
  if (!holds) throw new Error(what);
}

function after(state: State, event: JsonObject): State {
  const type = textIn(event['type']);
  switch (state.at) {
    case 'before':
      must(type === 'message_start', 'a stream begins with message_start');
      return started(objectIn(event['message']));
    case 'between':
      if (type === 'content_block_start') return opened(state, event);
      must(type === 'message_delta', `${type} between two blocks`);
      return told(state, event);
    case 'within':
      must(event['index'] === state.block.index, 'only the open block may be written');
      if (type === 'content_block_stop') return closed(state.block, state.outer);
      must(type === 'content_block_delta', `${type} within a block`);
      return { ...state, block: written(state.block, objectIn(event['delta'])) };
    case 'told':
      must(type === 'message_stop', `${type} after message_delta`);
      return { at: 'stopped' };
    case 'stopped':
      throw new Error(`${type} after message_stop`);
  }
}

function started(message: JsonObject): State {
  must(/^msg_./.test(textIn(message['id'])), 'an id begins with msg_');
  must(message['type'] === 'message' && message['role'] === 'assistant', 'a message of the assistant');
  must(textIn(message['model']) !== '', 'a model');
  must(Array.isArray(message['content']) && message['content'].length === 0, 'no content yet');
  must(message['stop_reason'] === null && message['stop_sequence'] === null, 'no end yet');
  return { at: 'between', blocks: [], wroteTokens: tokens(message['usage']) };
}

/** The output tokens of a usage that is complete. */
function tokens(usage: unknown): number {
  const counts = ['input_tokens', 'cache_creation_input_tokens', 'cache_read_input_tokens', 'output_tokens'];
  for (const name of counts) {
    const count = objectIn(usage)[name];
    must(typeof count === 'number' && Number.isSafeInteger(count) && count >= 0, `usage.${name} is no count`);
  }
  return Number(objectIn(usage)['output_tokens']);
}

const emptyBlocks: Record<string, (block: JsonObject) => boolean> = {
  text: ({ text }) => text === '',
  thinking: ({ thinking, signature }) => thinking === '' && signature === '',
  redacted_thinking: ({ data }) => textIn(data) !== '',
  tool_use: ({ id, name, input }) => textIn(id) !== '' && textIn(name) !== '' && JSON.stringify(input) === '{}',
};

function opened(outer: Between, { index, content_block }: JsonObject): State {
  const block = objectIn(content_block);
  const kind = textIn(block['type']);
  must(index === outer.blocks.length, `the next block is ${outer.blocks.length}`);
  must(emptyBlocks[kind]?.(block) === true, 'a block of a known type begins empty');
  return { at: 'within', block: { kind, json: '', signed: false, index: outer.blocks.length }, outer };
}

const blockOfDelta: Record<string, string> = {
  text_delta: 'text',
  thinking_delta: 'thinking',
  signature_delta: 'thinking',
  input_json_delta: 'tool_use',
};

function written(block: Open, delta: JsonObject): Open {
  const type = textIn(delta['type']);
  must(blockOfDelta[type] === block.kind, `${type} in a block of ${block.kind}`);
  must(!block.signed, 'a signature ends its block');
  if (type === 'signature_delta') {
    must(textIn(delta['signature']) !== '', 'an empty signature');
    return { ...block, signed: true };
  }
  const said = delta[{ text_delta: 'text', thinking_delta: 'thinking' }[type] ?? 'partial_json'];
  must(typeof said === 'string', 'a delta without its text');
  return { ...block, json: type === 'input_json_delta' ? block.json + said : '' };
}

/** What is no JSON may still have been cut by the token limit: that is known at the end. */
function closed(block: Open, outer: Between): State {
  const whole = block.json === '' || isJsonObject(block.json);
  return { ...outer, blocks: [...outer.blocks, whole ? block.kind : 'cut_tool_use'] };
}

function isJsonObject(text: string): boolean {
  try {
    return /^\s*\{/.test(text) && typeof JSON.parse(text) === 'object';
  } catch {
    return false;
  }
}

const stopReasons = new Set(['end_turn', 'max_tokens', 'stop_sequence', 'tool_use', 'pause_turn', 'refusal']);

function told({ blocks, wroteTokens }: Between, { delta, usage }: JsonObject): State {
  const { stop_reason, stop_sequence } = objectIn(delta);
  const reason = textIn(stop_reason);
  must(stopReasons.has(reason), `${reason} is no stop reason`);
  must((reason === 'stop_sequence') === (textIn(stop_sequence) !== ''), 'a stop sequence and its reason go together');
  must(
    reason !== 'tool_use' || blocks.includes('tool_use') || blocks.includes('cut_tool_use'),
    'tool_use without a call',
  );
  must(reason !== 'end_turn' || !blocks.includes('tool_use'), 'a call that nobody would answer');
  must(reason === 'max_tokens' || !blocks.includes('cut_tool_use'), 'the input of a call is no JSON object');
  must(tokens(usage) >= wroteTokens, 'usage is cumulative');
  return { at: 'told' };
}
