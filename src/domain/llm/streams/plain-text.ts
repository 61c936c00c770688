import { parseObject } from '../formats/json.ts';
import type { UpstreamWatch } from './upstream-watch.ts';

/**
 * Most events of a stream differ from the one before them in nothing but their text. Once two in a row have shown how such
 * an event reads and what the client is told for it, the following ones are passed on by the same pattern, unparsed. It is
 * sound: a text without quotes, escapes and control characters stands in JSON as itself, so an event with the same
 * beginning and the same end is the same event with another text; and any other event ends the pattern.
 */
export function createPlainText({ plainText }: Pick<UpstreamWatch, 'plainText'>) {
  let pattern: Pattern | null = null;
  let seen: Pattern | null = null;

  /** Whether the pattern is one of events whose text stands where it seems to. */
  function holds({ read: { before, after } }: Pattern): boolean {
    return plainText(parseObject(`${before}${PROBE}${after}`)) === PROBE;
  }

  return {
    /** @returns the text of an event of the pattern, or null for any other event */
    textIn(data: string): string | null {
      if (!pattern) return null;
      const { before, after } = pattern.read;
      const end = data.length - after.length;
      if (end <= before.length || !data.startsWith(before) || !data.endsWith(after)) return null;
      const text = data.slice(before.length, end);
      return UNESCAPED.test(text) ? text : null;
    },
    /** What the client is told for such an event. */
    spoken(text: string): string {
      return pattern ? `${pattern.told.before}${text}${pattern.told.after}` : '';
    },
    /** Learns from an event that was not of the pattern. */
    learn(text: string | null, { read, told }: { read: string; told: string }): void {
      const found = text === null ? null : patternOf(text, { read, told });
      const isRepeated = found !== null && seen !== null && isSame(found, seen) && holds(found);
      pattern = isRepeated ? found : null;
      seen = found;
    },
  };
}

type Frame = { before: string; after: string };
type Pattern = { read: Frame; told: Frame };

/** From the space upwards, without the quote and the backslash. */
const UNESCAPED = /^[ !#-[\]-\uffff]+$/;
const PROBE = 'probe of a plain text';

function patternOf(text: string, { read, told }: { read: string; told: string }): Pattern | null {
  if (!UNESCAPED.test(text)) return null;
  const [asRead, asTold] = [frameOf(read, text), frameOf(told, text)];
  return asRead && asTold ? { read: asRead, told: asTold } : null;
}

/** What stands around a text that stands there once. */
function frameOf(whole: string, text: string): Frame | null {
  const quoted = `"${text}"`;
  const at = whole.indexOf(quoted);
  if (at < 0 || whole.includes(quoted, at + 1)) return null;
  return { before: whole.slice(0, at + 1), after: whole.slice(at + 1 + text.length) };
}

const isSame = (one: Pattern, other: Pattern) => isSameFrame(one.read, other.read) && isSameFrame(one.told, other.told);
const isSameFrame = (one: Frame, other: Frame) => one.before === other.before && one.after === other.after;
