/**
 * The JSON object in a model's answer, which may stand in a code fence, between words, or be cut off at its end: then
 * what was complete is kept.
 * @returns undefined when there is none
 */
export function readJson(answer: string): unknown {
  const start = answer.indexOf('{');
  if (start === -1) return undefined;
  const { whole, ends } = scan(answer.slice(start));
  if (whole !== undefined) return parsed(whole);
  for (const candidate of ends.toReversed().slice(0, MOST_CANDIDATES)) {
    const value = parsed(candidate);
    if (value !== undefined) return value;
  }
  return undefined;
}

/** A cut text is closable a few tokens before its end, or not at all. */
const MOST_CANDIDATES = 20;

/** Walks to the end of the object; on the way notes the text so far, closed, at every place where it could end. */
function scan(text: string): { whole?: string; ends: string[] } {
  const open: string[] = [];
  const ends: string[] = [];
  const closed = (until: number) => text.slice(0, until) + open.toReversed().join('');
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (character === '"') {
      const end = endOfString(text, at);
      if (end === -1) return { ends }; // half a sentence is no value
      at = end;
      ends.push(closed(at + 1));
    } else if (character === '{' || character === '[') {
      open.push(character === '{' ? '}' : ']');
      ends.push(closed(at + 1));
    } else if (character === '}' || character === ']') {
      open.pop();
      if (open.length === 0) return { whole: text.slice(0, at + 1), ends };
      ends.push(closed(at + 1));
    } else if (character === ',') {
      ends.push(closed(at));
    }
  }
  return { ends: [...ends, closed(text.length)] };
}

/** @returns the index of the closing quote, -1 when the text ends before it */
function endOfString(text: string, opening: number): number {
  for (let at = opening + 1; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === '"') return at;
  }
  return -1;
}

function parsed(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch {
    return undefined;
  }
}
