import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { inflateSync } from 'node:zlib';

/** The fonts that a text needs, loaded once per process; the big Chinese one only when a title has Chinese in it. */
export async function fontsFor(text: string): Promise<{ fonts: LoadedFont[]; showable: string }> {
  const fonts: LoadedFont[] = [];
  let missing = new Set(Array.from(text).filter((character) => character !== ' '));
  for (const file of fontFiles) {
    if (missing.size === 0 && fonts.length > 0) break;
    const font = await load(file);
    const left = new Set([...missing].filter((character) => !font.characters.has(character.codePointAt(0) ?? 0)));
    if (left.size < missing.size || fonts.length === 0) fonts.push(font);
    missing = left;
  }
  return {
    fonts,
    showable: Array.from(text)
      .filter((character) => !missing.has(character))
      .join(''),
  };
}

export type LoadedFont = { name: string; data: Buffer; weight: 400 | 700; characters: ReadonlySet<number> };

const fontFiles = [
  { name: 'Inter', path: '@fontsource/inter/files/inter-latin-700-normal.woff', weight: 700 },
  { name: 'Inter Extended', path: '@fontsource/inter/files/inter-latin-ext-700-normal.woff', weight: 700 },
  { name: 'Inter Cyrillic', path: '@fontsource/inter/files/inter-cyrillic-700-normal.woff', weight: 700 },
  { name: 'Inter Greek', path: '@fontsource/inter/files/inter-greek-700-normal.woff', weight: 700 },
  {
    name: 'ZCOOL XiaoWei',
    path: '@fontsource/zcool-xiaowei/files/zcool-xiaowei-chinese-simplified-400-normal.woff',
    weight: 400,
  },
] as const;

type FontFile = (typeof fontFiles)[number];

const loaded = new Map<string, Promise<LoadedFont>>();
const { resolve } = createRequire(import.meta.url);

function load({ name, path, weight }: FontFile): Promise<LoadedFont> {
  const already = loaded.get(path);
  if (already) return already;
  const font = readFile(resolve(path)).then((data) => ({ name, data, weight, characters: charactersOf(data) }));
  loaded.set(path, font);
  return font;
}

/** The code points that a WOFF file has signs for (W3C WOFF 1.0; OpenType `cmap`, formats 4 and 12). */
function charactersOf(woff: Buffer): ReadonlySet<number> {
  const cmap = tableOf(woff, 'cmap');
  const characters = new Set<number>();
  for (let index = 0; index < cmap.readUInt16BE(2); index += 1) {
    const subtable = cmap.subarray(cmap.readUInt32BE(4 + index * 8 + 4));
    const ranges = subtable.readUInt16BE(0) === 12 ? rangesOfFormat12(subtable) : rangesOfFormat4(subtable);
    for (const [first, last] of ranges) for (let code = first; code <= last; code += 1) characters.add(code);
  }
  return characters;
}

function tableOf(woff: Buffer, tag: string): Buffer {
  for (let entry = 44; entry < 44 + woff.readUInt16BE(12) * 20; entry += 20) {
    if (woff.toString('latin1', entry, entry + 4) !== tag) continue;
    const [offset, length, fullLength] = [4, 8, 12].map((at) => woff.readUInt32BE(entry + at));
    const table = woff.subarray(offset, (offset ?? 0) + (length ?? 0));
    return length === fullLength ? table : inflateSync(table);
  }
  throw new Error(`a font without ${tag}`);
}

type Range = [first: number, last: number];

function rangesOfFormat12(subtable: Buffer): Range[] {
  const groups = Array.from({ length: subtable.readUInt32BE(12) }, (_, index) => 16 + index * 12);
  return groups.map((at) => [subtable.readUInt32BE(at), subtable.readUInt32BE(at + 4)]);
}

function rangesOfFormat4(subtable: Buffer): Range[] {
  if (subtable.readUInt16BE(0) !== 4) return [];
  const bytes = subtable.readUInt16BE(6);
  const segments = Array.from({ length: bytes / 2 }, (_, index) => 14 + index * 2);
  const ranges = segments.map((end): Range => [subtable.readUInt16BE(end + 2 + bytes), subtable.readUInt16BE(end)]);
  return ranges.filter(([first]) => first !== 0xff_ff);
}
