import { once } from 'node:events';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { AnswerReader } from './answer-reader.ts';

export type Answer = { status: number; body: Buffer };

/** Told of each slice of the body as it arrives. */
export type Watch = (slice: Buffer) => void;

/** One keep-alive connection that asks one thing at a time. */
export class HttpConnection {
  readonly #socket: Socket;
  readonly #reader: AnswerReader;
  #asked: { resolve(answer: Answer): void; reject(error: unknown): void; watch: Watch | undefined } | undefined;
  #status = 0;
  #slices: Buffer[] = [];

  private constructor(socket: Socket) {
    this.#socket = socket.setNoDelay(true);
    this.#reader = new AnswerReader({
      head: (status) => (this.#status = status),
      body: (slice) => {
        this.#slices.push(slice);
        this.#asked?.watch?.(slice);
      },
      end: () => this.#answered(),
    });
    socket.on('data', (data: Buffer) => this.#reader.feed(data));
    socket.on('error', (error) => this.#asked?.reject(error));
    socket.on('close', () =>
      this.#asked?.reject(new Error('The server closed the connection before it had answered.')),
    );
  }

  static async open(port: number): Promise<HttpConnection> {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    return new HttpConnection(socket);
  }

  /** @param request a whole request as bytes; must not change until it is answered */
  ask(request: Buffer, watch?: Watch): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#asked = { resolve, reject, watch };
      this.#socket.write(request);
    });
  }

  close(): void {
    this.#asked = undefined;
    this.#socket.destroy();
  }

  #answered(): void {
    const [only] = this.#slices;
    const body = this.#slices.length === 1 && only ? only : Buffer.concat(this.#slices);
    const asked = this.#asked;
    this.#slices = [];
    this.#asked = undefined;
    asked?.resolve({ status: this.#status, body });
  }
}
