/** A title is one line. */
export const titleOf = (title: string): string => title.replaceAll(/\s+/gu, ' ').trim();

/** For a platform that reads a title as HTML, where people mean plain words. */
export const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
