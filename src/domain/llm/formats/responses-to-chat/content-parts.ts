import type { ChatRequest } from '../chat/request.ts';
import { inexpressible } from '../format.ts';
import type { InputPart } from '../responses/input-item.ts';

type Content = NonNullable<ChatRequest['messages'][number]['content']>;
type ChatPart = Exclude<Content, string>[number];

/**
 * What a user says or a tool gives back. One plain text becomes a string, because there are chat providers that take
 * no list.
 */
export function chatContent(content: string | InputPart[]): Content {
  if (typeof content === 'string') return content;
  const [first, ...rest] = content;
  const isPlain = first?.type === 'input_text' && rest.length === 0 && !first.prompt_cache_breakpoint;
  return isPlain ? first.text : content.map(chatPart);
}

/**
 * The same from the system, which says nothing but text.
 * @param path of the content
 * @throws AppError `invalid_request` for a picture or a file
 */
export function systemContent(content: string | InputPart[], path: string): Content {
  const seen = typeof content === 'string' ? -1 : content.findIndex(({ type }) => type !== 'input_text');
  if (seen >= 0) throw inexpressible(`${path}.${seen}`, 'only a user can show something in chat completions');
  return chatContent(content);
}

function chatPart(part: InputPart): ChatPart {
  return { ...partOf(part), ...cacheBreakpoint(part) };
}

function partOf(part: InputPart): ChatPart {
  switch (part.type) {
    case 'input_text':
      return { type: 'text', text: part.text };
    case 'input_image':
      return { type: 'image_url', image_url: { url: part.image_url, ...(part.detail ? { detail: part.detail } : {}) } };
    case 'input_file':
      return {
        type: 'file',
        file: { file_data: part.file_data, ...(part.filename ? { filename: part.filename } : {}) },
      };
  }
}

function cacheBreakpoint({ prompt_cache_breakpoint }: InputPart) {
  return prompt_cache_breakpoint ? { prompt_cache_breakpoint } : {};
}
