/** Bytes that WebCrypto takes and gives. */
export type Bytes = Uint8Array<ArrayBuffer>;

export type RandomBytes = (count: number) => Bytes;

export const randomBytes: RandomBytes = (count) => crypto.getRandomValues(new Uint8Array(count));

export const utf8 = (text: string): Bytes => Uint8Array.from(new TextEncoder().encode(text));

/** RFC 4648 base64url without padding. */
export function toBase64url(bytes: Uint8Array): string {
  let binary = '';
  for (const byte of bytes) binary += String.fromCodePoint(byte);
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

/** @throws Error when the text is not base64url */
export function fromBase64url(text: string): Bytes {
  if (!/^[\w-]*$/.test(text)) throw new Error('not base64url');
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(binary, (character) => character.codePointAt(0) ?? 0);
}
