/** What a reader tells, in this order: one head, any number of body slices, one end. */
export type AnswerParts = { head(status: number): void; body(slice: Buffer): void; end(): void };

/**
 * Reads HTTP/1.1 answers (RFC 9112) with a content-length or in chunks, and no more than that: the load generator shares
 * two cores with what it measures, and a complete client would be the larger part of the load.
 */
export class AnswerReader {
  readonly #parts: AnswerParts;
  #state: 'head' | 'body' | 'chunk-size' | 'chunk' | 'chunk-end' | 'trailer' = 'head';
  #left = 0;
  #rest: Buffer = Buffer.alloc(0);

  constructor(parts: AnswerParts) {
    this.#parts = parts;
  }

  /** @throws Error for an answer that has neither a length nor chunks */
  feed(received: Buffer): void {
    const data = this.#rest.length === 0 ? received : Buffer.concat([this.#rest, received]);
    let at = 0;
    for (let next = this.#step(data, at); next !== null; next = this.#step(data, at)) at = next;
    this.#rest = data.subarray(at);
  }

  /** @returns where to go on, or null when more has to come first */
  #step(data: Buffer, at: number): number | null {
    switch (this.#state) {
      case 'head':
        return this.#head(data, at);
      case 'body':
      case 'chunk':
        return this.#slice(data, at);
      case 'chunk-size':
        return this.#chunkSize(data, at);
      case 'chunk-end':
        if (data.length - at < 2) return null;
        this.#state = 'chunk-size';
        return at + 2;
      case 'trailer':
        if (data.length - at < 2) return null;
        this.#ended();
        return at + 2;
    }
  }

  #head(data: Buffer, at: number): number | null {
    const end = data.indexOf('\r\n\r\n', at);
    if (end < 0) return null;
    const head = data.toString('latin1', at, end);
    this.#parts.head(Number(head.slice(9, 12)));
    const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
    if (length !== undefined) {
      this.#state = 'body';
      this.#left = Number(length);
      if (this.#left === 0) this.#ended();
    } else if (/\r\ntransfer-encoding: *chunked/i.test(head)) this.#state = 'chunk-size';
    else throw new Error(`An answer without a length: ${head}`);
    return end + 4;
  }

  #slice(data: Buffer, at: number): number | null {
    if (at === data.length) return null;
    const end = Math.min(data.length, at + this.#left);
    this.#left -= end - at;
    this.#parts.body(data.subarray(at, end));
    if (this.#left > 0) return end;
    if (this.#state === 'chunk') this.#state = 'chunk-end';
    else this.#ended();
    return end;
  }

  #chunkSize(data: Buffer, at: number): number | null {
    const end = data.indexOf('\r\n', at);
    if (end < 0) return null;
    this.#left = Number.parseInt(data.toString('latin1', at, end), 16);
    this.#state = this.#left === 0 ? 'trailer' : 'chunk';
    return end + 2;
  }

  #ended(): void {
    this.#state = 'head';
    this.#parts.end();
  }
}
