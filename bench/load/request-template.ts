const NONCE = '#00000000';

/** Where the request goes. */
export type Target = { name: string; port: number; headers: Readonly<Record<string, string>> };

export type Question = {
  path: string;
  body: object;
  /** What a right answer contains. */
  answer: readonly string[];
};

/** Ends a prompt; each request writes another number there, so that no two are the same and all are of one length. */
export const nonce = NONCE;

let asked = 0;

/** @returns a request as bytes, different at each call; the bytes of the call before are overwritten */
export function requestTemplate(target: Target, { path, body }: Question): () => Buffer {
  const text = JSON.stringify(body);
  const headers = { host: `127.0.0.1:${target.port}`, 'content-type': 'application/json', ...target.headers };
  const lines = Object.entries({ ...headers, 'content-length': String(text.length) }).map((pair) => pair.join(': '));
  const bytes = Buffer.from(`POST ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n${text}`, 'latin1');
  const at = bytes.indexOf(NONCE) + 1;
  return () => {
    asked += 1;
    bytes.write(String(asked).padStart(NONCE.length - 1, '0'), at, 'latin1');
    return bytes;
  };
}
