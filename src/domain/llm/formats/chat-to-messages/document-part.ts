import { inexpressible } from '../format.ts';
import type { JsonObject } from '../format.ts';
import { isObject, textIn } from '../json.ts';
import { parseDataUrl } from './data-url.ts';
import { present } from '../present.ts';

/**
 * A `file` part with its data inside. Anthropic reads PDF and plain text; OpenAI's file ids mean nothing there.
 * @throws AppError `invalid_request`
 */
export function documentBlock(part: JsonObject, path: string): JsonObject {
  const file = isObject(part['file']) ? part['file'] : {};
  if (file['file_id']) throw inexpressible(`${path}.file.file_id`, 'a file of OpenAI; send file_data');
  return present({
    type: 'document',
    source: sourceOf(textIn(file['file_data']), `${path}.file.file_data`),
    title: textIn(file['filename']) || undefined,
    cache_control: part['cache_control'],
  });
}

function sourceOf(fileData: string, path: string): JsonObject {
  const data = parseDataUrl(fileData);
  if (data?.mediaType === 'application/pdf') {
    return { type: 'base64', media_type: 'application/pdf', data: data.base64 };
  }
  if (data?.mediaType === 'text/plain') {
    return { type: 'text', media_type: 'text/plain', data: Buffer.from(data.base64, 'base64').toString('utf8') };
  }
  throw inexpressible(path, 'must be a PDF or a plain text as a base64 data URL');
}
