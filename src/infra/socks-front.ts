import { isIPv6 } from 'node:net';
import type { Socket } from 'node:net';
import type { Destination } from './egress-proxy.ts';

export type SocksRequest = { to: Destination; head: Buffer };

/**
 * The server's side of a SOCKS 5 connection up to the request (RFC 1928), without a login. A browser gives the name of the
 * host and then says what it would say to the host itself, so nothing more has to be understood.
 * @param onRequest is given what it wants, or null when it is no such request
 */
export function readSocks(client: Socket, onRequest: (request: SocksRequest | null) => void): void {
  let read = Buffer.alloc(0);
  let greeted = false;
  const onData = (chunk: Buffer) => {
    read = Buffer.concat([read, chunk]);
    if (!greeted) {
      const length = 2 + (read[1] ?? Infinity);
      if (read.length < length) return;
      read = read.subarray(length);
      greeted = true;
      client.write(NO_LOGIN);
    }
    const parsed = parse(read);
    if (parsed === 'more') return;
    client.off('data', onData);
    client.pause();
    onRequest(parsed);
  };
  client.on('data', onData);
}

export const socksAnswer = (status: 'open' | 'refused' | 'unreachable'): Buffer =>
  Buffer.from([5, statuses[status], 0, 1, 0, 0, 0, 0, 0, 0]);

const statuses = { open: 0, refused: 2, unreachable: 4 } as const;
const NO_LOGIN = Buffer.from([5, 0]);

/** Version, command (1: connect), reserved, kind of address, address, port. */
function parse(bytes: Buffer): SocksRequest | 'more' | null {
  if (bytes.length < 5) return 'more';
  const [version, command, , kind, first = 0] = bytes;
  const length = kind === NAME ? first + 1 : kind === V4 ? 4 : kind === V6 ? 16 : null;
  if (version !== 5 || command !== 1 || length === null) return null;
  const end = 4 + length + 2;
  if (bytes.length < end) return 'more';
  const address = bytes.subarray(4, 4 + length);
  return { to: { host: hostOf(kind, address), port: bytes.readUInt16BE(end - 2) }, head: bytes.subarray(end) };
}

const [V4, NAME, V6] = [1, 3, 4];

function hostOf(kind: number | undefined, address: Buffer): string {
  if (kind === NAME) return address.subarray(1).toString('latin1').toLowerCase();
  if (kind === V4) return [...address].join('.');
  const groups = Array.from({ length: 8 }, (_, at) => address.readUInt16BE(at * 2).toString(16));
  const text = new URL(`http://[${groups.join(':')}]`).hostname.slice(1, -1);
  return isIPv6(text) ? text : '::';
}
