import { nothing } from '../../usage/usage.ts';
import type { Consumption } from '../../usage/usage.ts';
import type { Deployment } from '../catalog-snapshot.ts';
import { chatUsage, chatWritten, errorSaid } from '../formats/chat/reading.ts';
import { watchChatStream } from '../formats/chat/stream-watch.ts';
import { inexpressible } from '../formats/format.ts';
import type { JsonObject } from '../formats/format.ts';
import { listIn, objectIn, parseObject } from '../formats/json.ts';
import { messagesUsage, messagesWritten } from '../formats/messages/reading.ts';
import { watchMessagesStream } from '../formats/messages/stream-watch.ts';
import { createRelay } from '../streams/relay.ts';
import type { Rewrite } from '../streams/relay.ts';
import { UpstreamBroke } from '../streams/upstream-watch.ts';
import type { UpstreamWatch } from '../streams/upstream-watch.ts';
import { countTextTokens } from '../tokens.ts';
import { endOf } from '../upstream/http.ts';
import type { Asking, Operation, Prepared, Reply } from './operation.ts';
import { openStream } from './open-stream.ts';

/** The wire formats in which a conversation can be held with a provider. */
export type TalkFormat = 'openai' | 'anthropic';

/** One request of a client, in whichever format, as a provider of each format would be asked it. */
export type Conversation = Omit<Operation, 'prepare'> & {
  /** @throws AppError `invalid_request` for what that format cannot say */
  bodyFor(format: TalkFormat, deployment: Deployment): JsonObject;
  /** Headers of the client that a provider of this format understands. */
  headersFor(format: TalkFormat): Readonly<Record<string, string>>;
  /** The client's answer for the provider's. */
  answerFrom(format: TalkFormat, body: JsonObject, deployment: Deployment): JsonObject;
  rewriteFrom(format: TalkFormat, deployment: Deployment): Rewrite;
};

/** Chat, messages and responses as an operation: they differ in their formats only. */
export function conversation(talk: Conversation): Operation {
  const { name, model, streamed, needs } = talk;

  function prepare(deployment: Deployment): Prepared {
    const format = talkFormat(deployment);
    const body = talk.bodyFor(format, deployment);
    const outputTokens = needs.outputTokens ?? deployment.maxOutputTokens;
    return {
      worst: { ...nothing, inputTokens: needs.inputTokens, outputTokens },
      estimate: (written) => ({
        ...nothing,
        inputTokens: needs.inputTokens,
        outputTokens: written === '' ? 0 : countTextTokens(written),
      }),
      ask: (asking) => ask(talk, { deployment, format, body }, asking),
    };
  }

  return { name, model, streamed, needs, prepare };
}

type Question = { deployment: Deployment; format: TalkFormat; body: JsonObject };

type Dialect = {
  path: string;
  /** Whether a 200 is an answer at all. */
  isAnswer(body: JsonObject): boolean;
  usage(body: JsonObject): Consumption | null;
  written(body: JsonObject): string;
  watch(): UpstreamWatch;
  streaming(body: JsonObject): JsonObject;
};

const dialects: Record<TalkFormat, Dialect> = {
  openai: {
    path: '/chat/completions',
    isAnswer: (body) => listIn(body['choices']).length > 0,
    usage: chatUsage,
    written: chatWritten,
    watch: watchChatStream,
    /** Usage is asked for whether or not the client did: it is what we charge by. */
    streaming: (body) => ({
      ...body,
      stream: true,
      stream_options: { ...objectIn(body['stream_options']), include_usage: true },
    }),
  },
  anthropic: {
    path: '/messages',
    isAnswer: (body) => Array.isArray(body['content']),
    usage: (body) => messagesUsage(body['usage']),
    written: messagesWritten,
    watch: watchMessagesStream,
    streaming: (body) => ({ ...body, stream: true }),
  },
};

function talkFormat({ name, provider }: Deployment): TalkFormat {
  if (provider.wireFormat !== 'comfyui') return provider.wireFormat;
  throw inexpressible('model', `${name} holds no conversations.`);
}

async function ask(talk: Conversation, { deployment, format, body }: Question, asking: Asking): Promise<Reply> {
  const dialect = dialects[format];
  const sent = await asking.http.send({
    provider: deployment.provider,
    credential: asking.credential,
    path: dialect.path,
    headers: {
      'content-type': 'application/json',
      accept: talk.streamed ? 'text/event-stream' : 'application/json',
      ...talk.headersFor(format),
    },
    body: JSON.stringify(talk.streamed ? dialect.streaming(body) : withoutStreaming(body)),
    patience: asking.patience,
  });
  if (sent.kind !== 'ok') return sent;
  try {
    if (talk.streamed) {
      const relay = createRelay(dialect.watch(), talk.rewriteFrom(format, deployment));
      return await openStream(sent.response.body, relay);
    }
    return answered(talk, { deployment, format, text: await sent.response.body.text() });
  } catch (error) {
    return endOf(error, asking.patience.signal);
  }
}

/** What is undefined is left out of JSON. */
const withoutStreaming = (body: JsonObject): JsonObject => ({ ...body, stream: undefined, stream_options: undefined });

type Told = { deployment: Deployment; format: TalkFormat; text: string };

function answered(talk: Conversation, { deployment, format, text }: Told): Reply {
  const dialect = dialects[format];
  const body = parseObject(text);
  const error = errorSaid(body);
  if (error !== null) throw new UpstreamBroke(error);
  if (!dialect.isAnswer(body)) throw new UpstreamBroke('The answer was not in the expected format.');
  const usage = dialect.usage(body);
  const answer = talk.answerFrom(format, body, deployment);
  return {
    kind: 'answer',
    answer: { contentType: 'application/json; charset=utf-8', body: answer === body ? text : JSON.stringify(answer) },
    usage,
    written: usage ? '' : dialect.written(body),
  };
}
