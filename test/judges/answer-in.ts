import type { FakeCall, FakeReply } from '../fake-upstream.ts';
import type { Answer, Format, ToldAnswer, Used } from './answer.ts';
import { chatReply } from './chat-reply.ts';
import { messagesReply } from './messages-reply.ts';

/** As an upstream of the format would answer, whole or as a stream, by what it is asked. */
export function answerIn(format: Format, answer: Answer): (call: Pick<FakeCall, 'body'>) => FakeReply {
  const told: ToldAnswer = { ...answer, used: { ...someTokens, ...answer.used }, end: answer.end ?? endOf(answer) };
  const reply = { openai: chatReply, anthropic: messagesReply }[format];
  return ({ body }) => reply(told, body['stream'] === true);
}

const endOf = ({ calls }: Answer) => (calls ? 'calling' : 'finished');
const someTokens: Used = { fresh: 10, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0, out: 5, thinking: 0 };
