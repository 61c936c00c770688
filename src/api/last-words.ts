import { AppError } from '../errors.ts';
import { anthropicBody, openAiBody } from './error-body.ts';

/** The last event of a stream that breaks, in the format of its client; the official SDKs throw when it arrives. */
export const lastWords = {
  chat: (error: unknown) => `data: ${JSON.stringify(openAiBody(failureOf(error)))}\n\n`,
  messages: (error: unknown) => named(anthropicBody(failureOf(error))),
  responses(error: unknown) {
    const { code, message } = failureOf(error);
    return named({ type: 'error', code, message, param: null });
  },
} as const;

const failureOf = (error: unknown) =>
  error instanceof AppError ? error : new AppError('internal', 'The answer broke off.');

const named = (event: Record<string, unknown>) => `event: ${String(event['type'])}\ndata: ${JSON.stringify(event)}\n\n`;
