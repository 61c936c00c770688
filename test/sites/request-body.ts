import type { IncomingMessage } from 'node:http';

export async function bytesOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

export const jsonOf = async (request: IncomingMessage): Promise<unknown> =>
  JSON.parse((await bytesOf(request)).toString('utf8') || '{}');
