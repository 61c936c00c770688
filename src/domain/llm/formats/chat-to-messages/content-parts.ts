import type { ChatRequest } from '../chat/request.ts';
import { inexpressible } from '../format.ts';
import type { JsonObject } from '../format.ts';
import { objectIn, textIn } from '../json.ts';
import { documentBlock } from './document-part.ts';
import { present } from '../present.ts';
import { parseDataUrl } from './data-url.ts';

type Content = ChatRequest['messages'][number]['content'];

/**
 * What a user says or a tool gives back, as Anthropic's blocks.
 * @param path of the message
 * @throws AppError `invalid_request` for audio and every part without a counterpart
 */
export function contentBlocks(content: Content, path: string): JsonObject[] {
  return blocksOf(content, path, (part, partPath) => {
    switch (part['type']) {
      case 'image_url':
        return [imageBlock(part, partPath)];
      case 'file':
        return [documentBlock(part, partPath)];
      case 'input_audio':
        throw inexpressible(partPath, 'Anthropic models take no audio');
      default:
        return textOf(part, partPath);
    }
  });
}

/** The same where Anthropic takes nothing but text: from the system and from the assistant. */
export function textBlocks(content: Content, path: string): JsonObject[] {
  return blocksOf(content, path, textOf);
}

type Reader = (part: JsonObject, path: string) => JsonObject[];

function blocksOf(content: Content, path: string, read: Reader): JsonObject[] {
  if (typeof content === 'string') return textOf({ type: 'text', text: content }, path);
  return (content ?? []).flatMap((part, index) => read(part, `${path}.content.${index}`));
}

function textOf(part: JsonObject, path: string): JsonObject[] {
  const { type, cache_control } = part;
  if (type !== 'text' && type !== 'refusal') {
    throw inexpressible(path, `${textIn(type)} cannot be sent to an Anthropic model here`);
  }
  const text = textIn(part[type]);
  return text.trim() === '' ? [] : [present({ type: 'text', text, cache_control })];
}

const imageTypes = new Set(['image/jpeg', 'image/png', 'image/gif', 'image/webp']);

/** `detail` only bounds what a picture costs at OpenAI; Anthropic scales by itself. */
function imageBlock({ image_url, cache_control }: JsonObject, path: string): JsonObject {
  return present({
    type: 'image',
    source: imageSource(textIn(objectIn(image_url)['url']), `${path}.image_url.url`),
    cache_control,
  });
}

function imageSource(url: string, path: string): JsonObject {
  const data = parseDataUrl(url);
  if (data && imageTypes.has(data.mediaType)) {
    return { type: 'base64', media_type: data.mediaType, data: data.base64 };
  }
  if (!data && /^https?:/i.test(url)) return { type: 'url', url };
  throw inexpressible(path, 'must be an http(s) address, or JPEG, PNG, GIF or WebP as a base64 data URL');
}
