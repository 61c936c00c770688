import type { Operation } from '../domain/llm/llm.ts';
import type { Gateway } from './api-services.ts';
import { clientDeadlineMs } from './client-deadline.ts';
import { lastWords } from './last-words.ts';
import { proxyAnswer } from './proxy-answer.ts';
import type { Answer, Input } from './route.ts';

type Asker = Pick<Input<'key'>, 'caller' | 'usageId' | 'signal' | 'headers'>;

/** The gateway's answer to what is answered as a whole. */
export function wholeAnswer(llm: Pick<Gateway, 'call'>, asker: Asker, operation: Operation): Promise<Answer> {
  const { caller, usageId: requestId, signal, headers } = asker;
  const deadlineMs = clientDeadlineMs(headers);
  const call = { requestId, signal, ...(deadlineMs !== null && { deadlineMs }) };
  return proxyAnswer({ operation, lastWords: lastWords.chat, run: () => llm.call(caller, operation, call) });
}
