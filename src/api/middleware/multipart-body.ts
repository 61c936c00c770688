import type { IncomingMessage } from 'node:http';
import { AppError } from '../../errors.ts';
import { refuseUnstorable } from '../storable-text.ts';
import { isPlain, rawBody } from './json-body.ts';

/** A form by its names; a name that came several times has a list. */
export type Form = Record<string, FormValue | FormValue[]>;
export type FormValue = string | File;

/**
 * Reads a `multipart/form-data` body into memory.
 * @throws AppError `unsupported_media_type`, `payload_too_large`, and `invalid_request` for what is no form, or has more
 *   parts than any of ours
 */
export async function multipartBody(request: IncomingMessage, limitBytes: number): Promise<Form> {
  const contentType = request.headers['content-type'] ?? '';
  if (!/^multipart\/form-data(?:\s*;|$)/i.test(contentType) || !isPlain(request)) {
    throw new AppError('unsupported_media_type', 'content-type: the body must be plain multipart/form-data.');
  }
  const bytes = await rawBody(request, limitBytes);
  refuseCrowd(bytes, contentType);
  const values = Map.groupBy(await parsed(bytes, contentType), ([name]) => name);
  const form: Form = Object.fromEntries(
    [...values].map(([name, [first, ...others]]) => [
      name,
      others.length === 0 && first ? first[1] : [...(first ? [first] : []), ...others].map(([, value]) => value),
    ]),
  );
  refuseUnstorable(form);
  return form;
}

const MOST_PARTS = 64;

/** Counted before anything is made of them: a body can hold a million. */
function refuseCrowd(bytes: Buffer, contentType: string): void {
  const [, quoted, plain] = /boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(contentType) ?? [];
  const delimiter = `--${quoted ?? plain ?? ''}`;
  let count = 0;
  for (let at = bytes.indexOf(delimiter); at !== -1; at = bytes.indexOf(delimiter, at + delimiter.length)) count += 1;
  if (count > MOST_PARTS + 1) throw new AppError('invalid_request', `The form has more than ${MOST_PARTS} parts.`);
}

async function parsed(bytes: Buffer, contentType: string): Promise<[string, FormValue][]> {
  try {
    const response = new Response(new Uint8Array(bytes), { headers: { 'content-type': contentType } });
    return [...(await response.formData())];
  } catch (cause) {
    throw new AppError('invalid_request', 'The body is not a valid form.', { cause });
  }
}
