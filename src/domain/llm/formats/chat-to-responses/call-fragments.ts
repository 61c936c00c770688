import { isObject, listIn, objectIn, textIn } from '../json.ts';

export type CallFragment = { key: string; id: string; name: string; arguments: string };

/**
 * The `tool_calls` of a delta. Fragments of one call have the same index. Providers that leave the index out send the
 * id instead, and a fragment with neither goes on with the call before it.
 * @param lastKey of the fragment before these
 */
export function callFragments(toolCalls: unknown, lastKey: string): CallFragment[] {
  let key = lastKey;
  return listIn(toolCalls)
    .filter(isObject)
    .map(({ index, id, function: called }) => {
      const named = textIn(id);
      if (typeof index === 'number') key = `#${index}`;
      else if (named !== '') key = named;
      const { name, arguments: given } = objectIn(called);
      return { key, id: named, name: textIn(name), arguments: textIn(given) };
    });
}
