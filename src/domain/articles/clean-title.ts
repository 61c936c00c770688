/** A title on one line, without Markdown, at most `TITLE_CHARACTERS` long; empty when nothing is left. */
export const cleanTitle = (text: string) => shorten(plainLine(text), TITLE_CHARACTERS);

export const TITLE_CHARACTERS = 120;

/** Text of a model as one line without Markdown, quotes around it, or a "Title:" before it. */
export function plainLine(text: string): string {
  const plain = text
    .replaceAll(/[\p{Cc}\p{Cs}\s]+/gu, ' ')
    .replaceAll(/!?\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replaceAll(/[`*]|~~|__/g, '')
    .replace(/^[\s#>-]+/, '')
    .replace(/^(title|标题)\s*[:：]\s*/i, '')
    .trim();
  return withoutQuotes(plain);
}

/** Cuts after a whole word where there is one, and says so. */
export function shorten(text: string, mostCharacters: number): string {
  const characters = Array.from(text);
  if (characters.length <= mostCharacters) return text;
  const cut = characters.slice(0, mostCharacters - 1).join('');
  const wordEnd = cut.lastIndexOf(' ');
  return `${cut.slice(0, wordEnd > cut.length / 2 ? wordEnd : cut.length).replace(/[\s,;:，；：、]+$/u, '')}…`;
}

const quotes = new Set(['""', "''", '“”', '‘’', '「」', '『』']);

function withoutQuotes(text: string): string {
  const [first, last] = [text.slice(0, 1), text.slice(-1)];
  const inner = text.slice(1, -1);
  const isQuoted = quotes.has(first + last) && inner !== '' && !inner.includes(first) && !inner.includes(last);
  return isQuoted ? inner.trim() : text;
}
