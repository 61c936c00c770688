import getRawBody from 'raw-body';
import { AppError } from '../../errors.ts';
import type { ApiContext } from '../api-context.ts';
import { refuseUnstorable } from '../storable-text.ts';

/**
 * Reads a JSON body.
 * @throws AppError `unsupported_media_type`, `payload_too_large`, `invalid_json`, and `invalid_request` for text that
 *   no database stores, naming the field
 */
export async function jsonBody(ctx: ApiContext, limitBytes: number): Promise<unknown> {
  if (!ctx.is('json') || ctx.get('content-encoding') !== '') {
    throw new AppError('unsupported_media_type', 'content-type: the body must be plain application/json.');
  }
  const text = decode(await rawBody(ctx, limitBytes));
  const body = parse(text);
  refuseUnstorable(body);
  return body;
}

async function rawBody(ctx: ApiContext, limit: number): Promise<Buffer> {
  const length = ctx.request.length;
  try {
    return await getRawBody(ctx.req, length === undefined ? { limit } : { limit, length });
  } catch (cause) {
    // Reading on lets the client finish sending and see the answer, instead of a connection cut while it still writes.
    ctx.req.resume();
    if (kindOf(cause) !== 'entity.too.large') {
      throw new AppError('invalid_request', 'The body did not arrive in full.', { cause });
    }
    const details = { limit_bytes: limit };
    throw new AppError('payload_too_large', `The body is larger than ${limit} bytes.`, { details, cause });
  }
}

const kindOf = (error: unknown) => (error instanceof Error && 'type' in error ? error.type : undefined);

function decode(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new AppError('invalid_json', 'The body is not UTF-8.', { cause });
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new AppError('invalid_json', 'The body is not valid JSON.', { cause });
  }
}
