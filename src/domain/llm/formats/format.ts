import { AppError } from '../../../errors.ts';

/** A body or an event of a wire format. */
export type JsonObject = Record<string, unknown>;

/** Turns the events of an upstream's stream into those of the client's format. A state machine: nothing is awaited. */
export type StreamTranslator = {
  /** The client's events for one event of the upstream; often none. */
  next(event: JsonObject): JsonObject[];
  /** What is left to say when the upstream has ended well, as the closing events of the client's format. */
  end(): JsonObject[];
};

/**
 * What a format cannot say in the other one.
 * @param path the field as the client sent it, `messages.0.content.1`
 */
export function inexpressible(path: string, message: string): AppError {
  return new AppError('invalid_request', `${path}: ${message}`, { details: { issues: [{ path, message }] } });
}
