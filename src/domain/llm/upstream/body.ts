import type { Dispatcher } from 'undici';

/**
 * The body of a provider's answer, as it comes. Buffers that have come while nobody read are handed on as one; when too
 * much waits, the connection is not read until it has been taken.
 */
export class UpstreamBody implements AsyncIterableIterator<Uint8Array, undefined, undefined> {
  readonly #controller: Dispatcher.DispatchController;
  #waiting: Buffer[] = [];
  #waitingBytes = 0;
  #end: { error: Error | null } | null = null;
  #reader: (() => void) | null = null;
  /** Whether it is read to its end before anybody looks at it. */
  #isWhole = false;

  constructor(controller: Dispatcher.DispatchController) {
    this.#controller = controller;
  }

  push(chunk: Buffer): void {
    this.#waiting.push(chunk);
    this.#waitingBytes += chunk.length;
    if (this.#isWhole) return;
    if (this.#waitingBytes > MOST_WAITING_BYTES) this.#controller.pause();
    this.#wake();
  }

  finish(error: Error | null): void {
    this.#end ??= { error };
    this.#wake();
  }

  /** @throws what broke the connection, after what had come before has been read */
  async next(): Promise<IteratorResult<Uint8Array, undefined>> {
    while (this.#waiting.length === 0) {
      if (this.#end?.error) throw this.#end.error;
      if (this.#end) return { done: true, value: undefined };
      await new Promise<void>((resolve) => (this.#reader = resolve));
    }
    return { done: false, value: this.#take() };
  }

  /** Ends the connection, if it has not ended. */
  async return(): Promise<IteratorResult<Uint8Array, undefined>> {
    if (!this.#end) this.#controller.abort(new Error('nobody reads on'));
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** All that is left, at once. @throws what broke the connection */
  async bytes(): Promise<Buffer> {
    this.#isWhole = true;
    if (!this.#end) {
      if (this.#controller.paused) this.#controller.resume();
      await new Promise<void>((resolve) => (this.#reader = resolve));
    }
    if (this.#end?.error) throw this.#end.error;
    return this.#take();
  }

  async text(): Promise<string> {
    return (await this.bytes()).toString('utf8');
  }

  #take(): Buffer {
    const [first, ...others] = this.#waiting;
    const taken = first && others.length === 0 ? first : Buffer.concat(this.#waiting);
    this.#waiting = [];
    this.#waitingBytes = 0;
    if (this.#controller.paused) this.#controller.resume();
    return taken;
  }

  #wake(): void {
    const reader = this.#reader;
    this.#reader = null;
    reader?.();
  }
}

const MOST_WAITING_BYTES = 262_144;
