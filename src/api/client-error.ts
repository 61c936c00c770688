import type { Duplex } from 'node:stream';
import { newId } from '../infra/ids.ts';

/** What cannot even be read as HTTP never reaches the app: it is refused here, in a body that fits all our clients. */
export function answerClientError(error: Error, socket: Duplex): void {
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  const [status, message] = refusals.get('code' in error ? error.code : undefined) ?? NOT_HTTP;
  const requestId = newId('req');
  const refusal = {
    code: 'invalid_request',
    type: 'invalid_request_error',
    param: null,
    message,
    request_id: requestId,
  };
  const body = JSON.stringify({ type: 'error', error: refusal, request_id: requestId });
  socket.end(
    `HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-type: application/json; charset=utf-8\r\n` +
      `content-length: ${Buffer.byteLength(body)}\r\nx-request-id: ${requestId}\r\n\r\n${body}`,
  );
}

const NOT_HTTP = ['400 Bad Request', 'This is not HTTP as we understand it.'] as const;
const refusals = new Map<unknown, readonly [string, string]>([
  ['HPE_HEADER_OVERFLOW', ['431 Request Header Fields Too Large', 'The headers are too large.']],
  ['ERR_HTTP_REQUEST_TIMEOUT', ['408 Request Timeout', 'The request did not arrive in time.']],
]);
