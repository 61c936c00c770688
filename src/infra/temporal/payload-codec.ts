import type { Payload, PayloadCodec } from '@temporalio/common';
import proto from '@temporalio/proto'; // a CommonJS file whose names Node cannot see
import type { Keyring } from '../keyring.ts';

/**
 * Encrypts every payload before it leaves the process, so that the Temporal server and its UI keep ciphertext only.
 * Operators read payloads through the API's codec endpoint, which uses the same codec.
 */
export function createPayloadCodec(keyring: Keyring): PayloadCodec {
  return {
    async encode(payloads) {
      return payloads.map((payload) => encrypt(keyring, payload));
    },
    async decode(payloads) {
      return payloads.map((payload) =>
        text(payload.metadata?.['encoding']) === ENCODING ? decrypt(keyring, payload) : payload,
      );
    },
  };
}

const ENCODING = 'binary/encrypted';
const { Payload: PayloadMessage } = proto.temporal.api.common.v1;

function encrypt(keyring: Keyring, payload: Payload): Payload {
  const { keyId, sealed } = keyring.seal(PayloadMessage.encode(payload).finish());
  return { metadata: { encoding: bytes(ENCODING), 'encryption-key-id': bytes(keyId) }, data: sealed };
}

function decrypt(keyring: Keyring, payload: Payload): Payload {
  if (!payload.data) throw new Error('an encrypted payload has no data');
  return PayloadMessage.decode(keyring.open(text(payload.metadata?.['encryption-key-id']), payload.data));
}

const bytes = (value: string) => new TextEncoder().encode(value);
const text = (value: Uint8Array | null | undefined) => new TextDecoder().decode(value ?? new Uint8Array());
