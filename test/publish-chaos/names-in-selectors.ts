/**
 * For each selector one name, such that a page which calls it by another is not found by it: the words that people read, else
 * an attribute of the site's own, an id, an element of its own, or the last class.
 */
export const namesIn = (candidates: readonly string[]): string[] => [...new Set(candidates.map(nameIn))];

function nameIn(selector: string): string {
  const found =
    /"([^"]*\p{Script=Han}[^"]*)"/u.exec(selector)?.[1] ??
    /\[(data-[\w-]+)/.exec(selector)?.[1] ??
    /#([\w-]+)/.exec(selector)?.[1] ??
    /^([a-z]+-[\w-]+)/.exec(selector)?.[1] ??
    [...selector.matchAll(/\.([a-z][\w-]*)/gi)].at(-1)?.[1];
  if (found === undefined) throw new Error(`There is no name in ${selector}`);
  return found;
}
