import type { JsonObject } from '../format.ts';
import { objectIn, textIn } from '../json.ts';
import { argumentsIn } from './answer-parts.ts';
import type { Block, BlockQueue, Call } from './block-queue.ts';
import { missingCallId } from './message.ts';

/** The calls of a streamed answer. Their deltas are told apart by `index` and may come in any mixture. */
export class StreamedCalls {
  readonly #messageId: string;
  readonly #blocks: BlockQueue;
  readonly #known = new Map<unknown, Known>();
  #latest: unknown = null;
  #count = 0;

  constructor(messageId: string, blocks: BlockQueue) {
    this.#messageId = messageId;
    this.#blocks = blocks;
  }

  get count(): number {
    return this.#count;
  }

  write(delta: JsonObject, out: JsonObject[]): void {
    const called = objectIn(delta['function']);
    const { block, call } = this.#callOf(delta, textIn(called['name']), out);
    if (call.name === '' && textIn(called['name']) !== '') {
      call.name = textIn(called['name']);
      this.#blocks.open(out);
    }
    this.#addArguments(block, call, { text: argumentsIn(called), out });
  }

  /** White space alone, or `null`, is no input: Anthropic's clients take only an object or nothing for it. */
  #addArguments(block: Block, call: Call, { text, out }: { text: string; out: JsonObject[] }): void {
    if (text === '') return;
    const heldBack = saysNothing(call.argumentText) ? call.argumentText : '';
    call.argumentText += text;
    if (saysNothing(call.argumentText)) return;
    this.#blocks.write(block, { type: 'input_json_delta', partial_json: heldBack + text }, out);
  }

  /** Some providers send no index, or 0 for every call: then another id with a name is another call. */
  #callOf(delta: JsonObject, name: string, out: JsonObject[]): Known {
    const id = textIn(delta['id']);
    const key = typeof delta['index'] === 'number' ? delta['index'] : id || this.#latest;
    const known = this.#known.get(key);
    if (known && !(id !== '' && name !== '' && id !== known.givenId)) return known;
    this.#latest = key;
    return this.#begin({ key, id, name }, out);
  }

  #begin({ key, id, name }: { key: unknown; id: string; name: string }, out: JsonObject[]): Known {
    const call = { id: id || missingCallId(this.#messageId, this.#count), name, argumentText: '' };
    const block: Block = { kind: 'tool_use', call, said: '', unsent: [] };
    const known = { block, call, givenId: id };
    this.#known.set(key, known);
    this.#count += 1;
    this.#blocks.add(block, out);
    return known;
  }
}

type Known = { block: Block; call: Call; givenId: string };

/** Also the beginning of a `null`. */
const saysNothing = (argumentText: string) => 'null'.startsWith(argumentText.trim());
