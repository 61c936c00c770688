import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

/**
 * AES-256-GCM under named keys. The first key seals, every key opens: to rotate, put a new one in front.
 * Layout of a sealed value: nonce (12 bytes), tag (16 bytes), ciphertext.
 */
export type Keyring = {
  currentKeyId: string;
  seal(plain: Uint8Array): { keyId: string; sealed: Uint8Array<ArrayBuffer> };
  open(keyId: string, sealed: Uint8Array): Uint8Array<ArrayBuffer>;
  /** For columns: `keyId.base64url`. */
  sealText(plain: string): string;
  openText(sealed: string): string;
};

/** @param keys `id:base64,id:base64` as in ENCRYPTION_KEYS, each key 32 bytes */
export function createKeyring(keys: string): Keyring {
  const ring = new Map(keys.split(',').map(parseKey));
  const [current] = ring;
  if (!current) throw new Error('a keyring needs a key');
  const [currentKeyId, currentKey] = current;

  const seal = (plain: Uint8Array) => ({ keyId: currentKeyId, sealed: encrypt(currentKey, plain) });
  const open = (keyId: string, sealed: Uint8Array) => {
    const key = ring.get(keyId);
    if (!key) throw new Error(`no key ${keyId} in the keyring`);
    return decrypt(key, sealed);
  };
  return {
    currentKeyId,
    seal,
    open,
    sealText(plain) {
      const { keyId, sealed } = seal(Buffer.from(plain, 'utf8'));
      return `${keyId}.${Buffer.from(sealed).toString('base64url')}`;
    },
    openText(text) {
      const dot = text.indexOf('.');
      return Buffer.from(open(text.slice(0, dot), Buffer.from(text.slice(dot + 1), 'base64url'))).toString('utf8');
    },
  };
}

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

function parseKey(pair: string): [string, Buffer] {
  const colon = pair.indexOf(':');
  const key = Buffer.from(pair.slice(colon + 1), 'base64');
  if (colon < 1 || key.length !== 32) throw new Error('a key must be id:base64 of 32 bytes');
  return [pair.slice(0, colon), key];
}

function encrypt(key: Buffer, plain: Uint8Array): Uint8Array<ArrayBuffer> {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  const body = Buffer.concat([cipher.update(plain), cipher.final()]);
  return Uint8Array.from(Buffer.concat([nonce, cipher.getAuthTag(), body]));
}

function decrypt(key: Buffer, sealed: Uint8Array): Uint8Array<ArrayBuffer> {
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, NONCE_BYTES));
  decipher.setAuthTag(sealed.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
  return Uint8Array.from(Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()]));
}
