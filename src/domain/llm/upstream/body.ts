import type { Dispatcher } from 'undici';

/** Whoever takes the body of an answer as it comes. */
export type BodyReader = {
  data(bytes: Buffer): void;
  /** @param error what broke the connection; null at the body's end */
  end(error: Error | null): void;
};

/**
 * The body of a provider's answer. What comes while nobody reads waits; when too much does, the connection is not read
 * until it has been taken.
 */
export class UpstreamBody {
  readonly #controller: Dispatcher.DispatchController;
  #waiting: Buffer[] = [];
  #waitingBytes = 0;
  #end: { error: Error | null } | null = null;
  #reader: BodyReader | null = null;
  #isFull = false;
  /** Whether it is read to its end before anybody looks at it. */
  #isWhole = false;

  constructor(controller: Dispatcher.DispatchController) {
    this.#controller = controller;
  }

  push(chunk: Buffer): void {
    if (this.#reader) {
      this.#reader.data(chunk);
      return;
    }
    this.#waiting.push(chunk);
    this.#waitingBytes += chunk.length;
    if (this.#isWhole || this.#waitingBytes <= MOST_WAITING_BYTES) return;
    this.#isFull = true;
    this.#controller.pause();
  }

  finish(error: Error | null): void {
    this.#end ??= { error };
    this.#reader?.end(error);
  }

  /** Hands what has come and what comes to one reader after the other; to nobody for now, if it is null. */
  read(reader: BodyReader | null): void {
    this.#reader = reader;
    if (!reader) return;
    if (this.#waiting.length > 0) reader.data(this.#take());
    if (this.#reader !== reader) return;
    if (this.#end) reader.end(this.#end.error);
  }

  /** The connection is not read until `resume`. */
  pause(): void {
    if (!this.#end) this.#controller.pause();
  }

  resume(): void {
    if (!this.#end && this.#controller.paused) this.#controller.resume();
  }

  /** Ends the connection, if it has not ended. */
  cut(): void {
    if (!this.#end) this.#controller.abort(new Error('nobody reads on'));
  }

  /** All that is left, at once. @throws what broke the connection */
  bytes(): Promise<Buffer> {
    this.#isWhole = true;
    return new Promise((resolve, reject) => {
      const end = (error: Error | null) => (error ? reject(error) : resolve(this.#take()));
      if (this.#end) end(this.#end.error);
      else this.#reader = { data: (bytes) => void this.#waiting.push(bytes), end };
      this.resume();
    });
  }

  async text(): Promise<string> {
    return (await this.bytes()).toString('utf8');
  }

  #take(): Buffer {
    const [first, ...others] = this.#waiting;
    const taken = first && others.length === 0 ? first : Buffer.concat(this.#waiting);
    this.#waiting = [];
    this.#waitingBytes = 0;
    if (this.#isFull) this.resume();
    this.#isFull = false;
    return taken;
  }
}

const MOST_WAITING_BYTES = 262_144;
