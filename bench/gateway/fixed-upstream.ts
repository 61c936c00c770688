// A provider that answers at once, always the same, in the format of the path: what is measured is what stands before it.
// The model `paced-64x20` streams 64 tokens, one each 20 ms. It is a bare socket server, because two cores are shared with
// what is measured and a node:http server would take twice as much of them.
import { createServer } from 'node:net';
import type { Socket } from 'node:net';
import { anthropicAnswers, burst, openaiAnswers } from './fixed-answers.ts';
import type { FixedFormat } from './fixed-answers.ts';

const port = Number(process.argv[2]);

const chunkOf = (text: string) => `${text.length.toString(16)}\r\n${text}\r\n`;
const STREAM_HEAD = 'HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n';
const STREAM_END = '0\r\n\r\n';

function ready(format: FixedFormat) {
  const { whole } = format;
  const head = `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${whole.length}\r\n\r\n`;
  return {
    whole: Buffer.from(head + whole),
    burst: Buffer.from(STREAM_HEAD + chunkOf(burst(format)) + STREAM_END),
    opening: Buffer.from(STREAM_HEAD + chunkOf(format.opening + format.token)),
    token: Buffer.from(chunkOf(format.token)),
    ending: Buffer.from(chunkOf(format.ending) + STREAM_END),
  };
}
const formats = { openai: ready(openaiAnswers), anthropic: ready(anthropicAnswers) };

createServer((socket) => {
  socket.setNoDelay(true);
  socket.on('error', () => undefined); // a proxy whose client left cuts us
  let waiting: Buffer = Buffer.alloc(0);
  socket.on('data', (data: Buffer) => {
    waiting = waiting.length === 0 ? data : Buffer.concat([waiting, data]);
    for (let length = requestLength(waiting); length !== null; length = requestLength(waiting)) {
      answer(socket, waiting.toString('latin1', 0, length));
      waiting = waiting.subarray(length);
    }
  });
}).listen(port, '127.0.0.1');

/** @returns the bytes of the first request, or null when it is not complete */
function requestLength(data: Buffer): number | null {
  const headEnd = data.indexOf('\r\n\r\n');
  if (headEnd < 0) return null;
  const length = /\r\ncontent-length: *(\d+)/i.exec(data.toString('latin1', 0, headEnd))?.[1] ?? '0';
  const total = headEnd + 4 + Number(length);
  return data.length < total ? null : total;
}

function answer(socket: Socket, request: string): void {
  const format = request.startsWith('POST /v1/messages') ? formats.anthropic : formats.openai;
  if (!request.includes('"stream":true')) {
    socket.write(format.whole);
    return;
  }
  const [, tokens, everyMs] = /"paced-(\d+)x(\d+)"/.exec(request) ?? [];
  if (tokens === undefined) socket.write(format.burst);
  else pace(socket, format, { tokens: Number(tokens), everyMs: Number(everyMs) });
}

type Pace = { tokens: number; everyMs: number };

function pace(socket: Socket, format: ReturnType<typeof ready>, { tokens, everyMs }: Pace): void {
  let left = tokens - 1; // the first goes with the opening
  socket.write(format.opening);
  const timer = setInterval(() => {
    if (socket.destroyed) clearInterval(timer);
    else if (left-- > 0) socket.write(format.token);
    else {
      clearInterval(timer);
      socket.write(format.ending);
    }
  }, everyMs);
}
