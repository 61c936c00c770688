import type { JsonObject } from '../format.ts';
import { parseToolInput } from './tool-calls.ts';

/**
 * The blocks of a streamed answer in their order, one open at a time, as Anthropic's format requires. The first of the
 * queue is open and what is written to it goes out at once; what is written to a later one waits for its turn.
 */
export class BlockQueue {
  readonly #waiting: Block[] = [];
  #index = 0;
  #isOpen = false;

  /** The block to which a text would be added. */
  get last(): Block | undefined {
    return this.#waiting.at(-1);
  }

  /** A block closes when another follows it, but a call only when all of its arguments have come. */
  add(block: Block, out: JsonObject[]): void {
    this.#waiting.push(block);
    this.#closeComplete(out);
  }

  write(block: Block, delta: JsonObject, out: JsonObject[]): void {
    if (this.#isOpen && block === this.#waiting[0]) out.push(this.#deltaEvent(delta));
    else block.unsent.push(delta);
  }

  /** Opens the first block if it may now be opened: of a call the name must be known. */
  open(out: JsonObject[]): void {
    const [first] = this.#waiting;
    if (!first || this.#isOpen || (first.call && first.call.name === '')) return;
    this.#start(first, out);
  }

  closeAll(out: JsonObject[]): void {
    for (const block of this.#waiting.splice(0)) {
      if (!this.#isOpen) this.#start(block, out);
      this.#stop(out);
    }
  }

  #closeComplete(out: JsonObject[]): void {
    this.open(out);
    while (this.#waiting.length > 1 && this.#isOpen && isComplete(this.#waiting[0])) {
      this.#waiting.shift();
      this.#stop(out);
      this.open(out);
    }
  }

  #start(block: Block, out: JsonObject[]): void {
    this.#isOpen = true;
    out.push({ type: 'content_block_start', index: this.#index, content_block: contentOf(block) });
    for (const delta of block.unsent.splice(0)) out.push(this.#deltaEvent(delta));
  }

  #stop(out: JsonObject[]): void {
    out.push({ type: 'content_block_stop', index: this.#index });
    this.#isOpen = false;
    this.#index += 1;
  }

  #deltaEvent(delta: JsonObject): JsonObject {
    return { type: 'content_block_delta', index: this.#index, delta };
  }
}

/**
 * @property said the text of a thinking block so far
 * @property unsent deltas of a block that is not open yet
 */
export type Block = {
  kind: 'text' | 'thinking' | 'redacted_thinking' | 'tool_use';
  said: string;
  unsent: JsonObject[];
  call?: Call;
  data?: string;
  signed?: boolean;
};

/** @property argumentText all that has come of the arguments */
export type Call = { id: string; name: string; argumentText: string };

function isComplete(block: Block | undefined): boolean {
  if (!block?.call) return true;
  const { argumentText } = block.call;
  return argumentText.trimEnd().endsWith('}') && parseToolInput(argumentText) !== null;
}

function contentOf({ kind, call, data }: Block): JsonObject {
  switch (kind) {
    case 'text':
      return { type: 'text', text: '' };
    case 'thinking':
      return { type: 'thinking', thinking: '', signature: '' };
    case 'redacted_thinking':
      return { type: 'redacted_thinking', data };
    case 'tool_use':
      return { type: 'tool_use', id: call?.id, name: call?.name, input: {} };
  }
}
