/** A title on one line, without Markdown, at most `TITLE_CHARACTERS` long; empty when nothing is left. */
export function cleanTitle(text: string): string {
  const plain = text
    .replaceAll(/[\p{Cc}\p{Cs}\s]+/gu, ' ')
    .replaceAll(/!?\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replaceAll(/[`*]|~~|__/g, '')
    .replace(/^[\s#>-]+/, '')
    .replace(/^(title|标题)\s*[:：]\s*/i, '')
    .trim();
  return shorten(withoutQuotes(plain), TITLE_CHARACTERS);
}

export const TITLE_CHARACTERS = 120;

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
  const outer = text.slice(0, 1) + text.slice(-1);
  return text.length > 2 && quotes.has(outer) ? text.slice(1, -1).trim() : text;
}
