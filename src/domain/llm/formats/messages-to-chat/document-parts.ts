import { inexpressible } from '../format.ts';
import type { JsonObject } from '../format.ts';
import { isObject, listIn, objectIn, textIn } from '../json.ts';
import type { Placed } from './content-parts.ts';

/**
 * A document as parts: a PDF as a `file` with its data inside, texts as texts, under their title and context.
 * @param place.partsOf reads the blocks of a document that is made of blocks
 * @throws AppError `invalid_request` for a document that is elsewhere: a `file` takes no URL, and files of Anthropic are
 * not known to others
 */
export function documentParts({ source, title, context }: JsonObject, { path, partsOf }: Place): JsonObject[] {
  const given = objectIn(source);
  const about = [textIn(title), textIn(context)].filter((text) => text !== '').join('\n');
  const heading = about === '' ? [] : [{ type: 'text', text: about }];
  switch (given['type']) {
    case 'base64':
      return [...heading, filePart(given, { title: textIn(title), path: `${path}.source` })];
    case 'text':
      return [...heading, { type: 'text', text: textIn(given['data']) }];
    case 'content':
      return [...heading, ...blocksIn(given['content'], `${path}.source.content`).flatMap(partsOf)];
    default:
      throw inexpressible(`${path}.source`, 'an OpenAI model takes no document by its address; send its data');
  }
}

type Place = { path: string; partsOf: (placed: Placed) => JsonObject[] };

function blocksIn(content: unknown, path: string): Placed[] {
  if (typeof content === 'string') return [{ block: { type: 'text', text: content }, path }];
  return listIn(content)
    .filter(isObject)
    .map((block, index) => ({ block, path: `${path}.${index}` }));
}

/** OpenAI wants a name beside the data, and tells the type by its ending. */
function filePart({ media_type, data }: JsonObject, { title, path }: { title: string; path: string }): JsonObject {
  if (media_type !== 'application/pdf') throw inexpressible(`${path}.media_type`, 'must be application/pdf');
  const name = title === '' ? 'document' : title;
  const filename = name.toLowerCase().endsWith('.pdf') ? name : `${name}.pdf`;
  return { type: 'file', file: { filename, file_data: `data:application/pdf;base64,${textIn(data)}` } };
}
