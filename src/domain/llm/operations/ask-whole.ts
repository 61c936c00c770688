import type { UpstreamResponse } from '../upstream/exchange.ts';
import type { Deployment } from '../catalog-snapshot.ts';
import { endOf } from '../upstream/http.ts';
import type { UpstreamRequest } from '../upstream/http.ts';
import type { Asking, Reply } from './operation.ts';

export type Question = Pick<UpstreamRequest, 'path' | 'body'> & {
  deployment: Deployment;
  /** Not for a form: its boundary is made when it is sent. */
  contentType?: string;
  /** @throws UpstreamBroke, SyntaxError when it is no answer */
  read: (response: UpstreamResponse) => Promise<Reply>;
};

/** One attempt at what is answered as a whole. Never throws. */
export async function askWhole({ http, credential, patience }: Asking, question: Question): Promise<Reply> {
  const { deployment, contentType, read, ...request } = question;
  const sent = await http.send({
    ...request,
    provider: deployment.provider,
    credential,
    patience,
    ...(contentType !== undefined && { headers: { 'content-type': contentType } }),
  });
  if (sent.kind !== 'ok') return sent;
  try {
    return await read(sent.response);
  } catch (error) {
    return endOf(error, patience.signal);
  }
}

/** The same for a JSON body. */
export const askJson = (asking: Asking, { body, ...question }: JsonQuestion): Promise<Reply> =>
  askWhole(asking, { ...question, contentType: 'application/json', body: JSON.stringify(body) });

export type JsonQuestion = Omit<Question, 'body' | 'contentType'> & { body: object };
