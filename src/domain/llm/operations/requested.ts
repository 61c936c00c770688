import type { z } from 'zod';
import type { CompletionOperation } from '../../../entities/completion.ts';
import { AppError } from '../../../errors.ts';
import { chatRequest } from '../formats/chat/request.ts';
import type { JsonObject } from '../formats/format.ts';
import { messagesRequest } from '../formats/messages/schema.ts';
import { responsesRequest } from '../formats/responses/request.ts';
import { chatOperation } from './chat.ts';
import { messagesOperation } from './messages.ts';
import type { AnthropicHeaders } from './messages.ts';
import type { Operation } from './operation.ts';
import { responsesOperation } from './responses.ts';

export type Requested = {
  operation: CompletionOperation;
  body: JsonObject;
  /** Of an Anthropic client. */
  headers: AnthropicHeaders;
  now: () => Date;
};

/** The operation behind a stored request. @throws AppError `invalid_request` when the body is none of it */
export function requestedOperation({ operation, body, headers, now }: Requested): Operation {
  switch (operation) {
    case 'chat':
      return chatOperation(parsed(chatRequest, body), now);
    case 'messages':
      return messagesOperation(parsed(messagesRequest, body), headers);
    case 'responses':
      return responsesOperation(parsed(responsesRequest, body), now);
  }
}

function parsed<S extends z.ZodType>(schema: S, body: JsonObject): z.output<S> {
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  throw new AppError('invalid_request', 'This is no such request.', { cause: result.error });
}
