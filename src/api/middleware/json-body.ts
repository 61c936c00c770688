import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { AppError } from '../../errors.ts';
import { refuseUnstorable } from '../storable-text.ts';

/**
 * Reads a JSON body.
 * @throws AppError `unsupported_media_type`, `payload_too_large`, `invalid_json`, and `invalid_request` for text that
 *   no database stores, naming the field
 */
export async function jsonBody(request: IncomingMessage, limitBytes: number): Promise<unknown> {
  if (!JSON_TYPE.test(request.headers['content-type'] ?? '') || !isPlain(request)) {
    throw new AppError('unsupported_media_type', 'content-type: the body must be plain application/json.');
  }
  const body = parse(await rawBody(request, limitBytes));
  refuseUnstorable(body);
  return body;
}

const JSON_TYPE = /^application\/(?:[\w.-]+\+)?json(?:\s*;|$)/i;

/** Whether there is a body, and it is not compressed. */
export function isPlain({ headers }: IncomingMessage): boolean {
  const isThere = headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined;
  return isThere && (headers['content-encoding'] ?? '') === '';
}

/** @throws AppError `payload_too_large`, `invalid_request` when it did not arrive in full */
export function rawBody(request: IncomingMessage, limitBytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    let bytes = 0;

    function refuse(error: AppError): void {
      request.off('data', take);
      // Reading on lets the client finish sending and see the answer, instead of a connection cut while it still writes.
      request.resume();
      reject(error);
    }
    function take(part: Buffer): void {
      bytes += part.length;
      parts.push(part);
      if (bytes > limitBytes) refuse(tooLarge(limitBytes));
    }

    request.on('data', take);
    request.once('end', () => resolve(parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts)));
    request.once('close', () => {
      if (!request.complete) reject(new AppError('invalid_request', 'The body did not arrive in full.'));
    });
    if (Number(request.headers['content-length'] ?? 0) > limitBytes) refuse(tooLarge(limitBytes));
  });
}

const tooLarge = (limitBytes: number) =>
  new AppError('payload_too_large', `The body is larger than ${limitBytes} bytes.`, {
    details: { limit_bytes: limitBytes },
  });

function parse(bytes: Buffer): unknown {
  if (!isUtf8(bytes)) throw new AppError('invalid_json', 'The body is not UTF-8.');
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch (cause) {
    throw new AppError('invalid_json', 'The body is not valid JSON.', { cause });
  }
}
