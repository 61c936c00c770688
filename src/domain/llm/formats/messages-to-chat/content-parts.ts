import { inexpressible } from '../format.ts';
import type { JsonObject } from '../format.ts';
import { listIn, objectIn, textIn } from '../json.ts';
import { documentParts } from './document-parts.ts';
import { NO_COUNTERPART } from './request-fields.ts';

/** A block and where it stands in the request, `messages.0.content.1`. */
export type Placed = { block: JsonObject; path: string };

/**
 * A block that a user or a tool shows, as the parts of an OpenAI message: `text`, `image_url`, `file`.
 * @throws AppError `invalid_request` for what has no counterpart
 */
export function contentParts({ block, path }: Placed): JsonObject[] {
  switch (block['type']) {
    case 'text':
      return [textPart(textIn(block['text']))];
    case 'image':
      return [imagePart(block, path)];
    case 'document':
      refuseCitations(block, path);
      return documentParts(block, { path, partsOf: contentParts });
    case 'search_result':
      refuseCitations(block, path);
      return [textPart(searchResult(block))];
    default:
      throw inexpressible(path, `${textIn(block['type'])} ${NO_COUNTERPART}`);
  }
}

/** The same where there can be nothing but text. What the text cites is left out: the text says it. */
export function textOf({ block, path }: Placed): string {
  if (block['type'] === 'text') return textIn(block['text']);
  throw inexpressible(path, `${textIn(block['type'])} ${NO_COUNTERPART}`);
}

export const textPart = (text: string): JsonObject => ({ type: 'text', text });

function imagePart({ source, transformations }: JsonObject, path: string): JsonObject {
  if (objectIn(transformations)['oversized_image'] === 'error') {
    throw inexpressible(`${path}.transformations`, 'an OpenAI model scales large pictures down');
  }
  return { type: 'image_url', image_url: { url: imageUrl(objectIn(source), `${path}.source`) } };
}

function imageUrl({ type, media_type, data, url }: JsonObject, path: string): string {
  switch (type) {
    case 'base64':
      return `data:${textIn(media_type)};base64,${textIn(data)}`;
    case 'url':
      return textIn(url);
    default:
      throw inexpressible(path, 'must be base64 or url: files of Anthropic are not known elsewhere');
  }
}

function refuseCitations({ citations }: JsonObject, path: string): void {
  if (objectIn(citations)['enabled'] === true) {
    throw inexpressible(`${path}.citations`, 'an OpenAI model does not cite');
  }
}

function searchResult({ title, source, content }: JsonObject): string {
  const texts = listIn(content).map((block) => textIn(objectIn(block)['text']));
  return [textIn(title), textIn(source), ...texts].join('\n');
}
