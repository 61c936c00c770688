import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { until } from '../../dev/stack/until.ts';
import { AnswerReader } from '../load/answer-reader.ts';
import { HttpConnection } from '../load/http-connection.ts';
import { requestTemplate } from '../load/request-template.ts';
import type { Target } from '../load/request-template.ts';
import { chatStream } from './questions.ts';
import { NARROW } from './seed.ts';
import type { Targets } from './targets.ts';

export type Disconnects = {
  cut: number;
  /** 1 when the process has gone. */
  exits: number;
  unhandledRejections: number;
  /** Of as many calls at once as the key may hold: a leaked hold is in the place of one. */
  falselyRefused: number;
  /** By the gateway's own gauge. */
  holdsOpen: number;
};

/** Clients that leave in the middle of a stream, after any number of bytes; then everything they held must be free. */
export async function disconnects({ narrow, api }: Targets, wanted: number): Promise<Disconnects> {
  let cut = 0;
  await Promise.all(
    Array.from({ length: NARROW }, async () => {
      const request = requestTemplate(narrow, chatStream('paced-16x2'));
      while (cut < wanted && api.running) if (await leaveAfter(narrow, request(), Math.random() * LARGEST)) cut += 1;
    }),
  );
  const refused = await falselyRefused(narrow);
  return {
    cut,
    exits: api.running ? 0 : 1,
    unhandledRejections: readFileSync(api.logFile, 'utf8').match(/unhandled ?rejection/gi)?.length ?? 0,
    falselyRefused: refused,
    holdsOpen: await openHolds(narrow),
  };
}

/** More than a whole answer of the gateway has, so that some leave after its end. */
const LARGEST = 4_500;

/** @returns whether it was a stream that was left; the key of this test may be refused one for a moment */
function leaveAfter({ port }: Target, request: Buffer, bytes: number): Promise<boolean> {
  return new Promise((resolve) => {
    let status = 0;
    let received = 0;
    let ended = false;
    const reader = new AnswerReader({
      head: (told) => (status = told),
      body: () => undefined,
      end: () => (ended = true),
    });
    const socket = connect(port, '127.0.0.1', () => {
      socket.write(request, () => (bytes < SMALL ? socket.destroy() : undefined));
    });
    socket.on('data', (data: Buffer) => {
      received += data.length;
      reader.feed(data);
      if (ended || received >= bytes) socket.destroy();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(status === 200 || status === 0));
  });
}

/** Fewer bytes than an answer's head: gone before the answer began. */
const SMALL = 200;

/** @returns how many of as many streams at once as the key may hold are refused; holds last longer than we ask again */
async function falselyRefused(target: Target): Promise<number> {
  let refused = NARROW;
  const none = async () => {
    const statuses = await Promise.all(Array.from({ length: NARROW }, () => statusOfStream(target)));
    refused = statuses.filter((status) => status !== 200).length;
    return refused === 0;
  };
  await until(none, { timeoutMs: PATIENCE_MS });
  return refused;
}

async function statusOfStream(target: Target): Promise<number> {
  try {
    const connection = await HttpConnection.open(target.port);
    const { status } = await connection.ask(requestTemplate(target, chatStream('paced-8x5'))());
    connection.close();
    return status;
  } catch {
    return 0;
  }
}

/** What the gateway itself says. */
async function openHolds({ port }: Target): Promise<number> {
  let open = Number.NaN;
  const none = async () => {
    const metrics = await fetch(`http://127.0.0.1:${port}/metrics`).then((answer) => answer.text());
    open = Number(/^llm_holds_open (\S+)$/m.exec(metrics)?.[1]);
    return open === 0;
  };
  await until(none, { timeoutMs: PATIENCE_MS, everyMs: 200 }).catch(() => false);
  return open;
}

const PATIENCE_MS = 15_000;
