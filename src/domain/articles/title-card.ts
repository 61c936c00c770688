import { Resvg } from '@resvg/resvg-js';
import satori from 'satori';
import { fontsFor } from './title-fonts.ts';

/**
 * A cover without an image model: the title on a plain ground, 1200 × 630 (the size that link previews ask for).
 * Characters that no font here has (emoji, rare scripts) are left out; a title of which little would remain is left out
 * altogether.
 * @returns a PNG
 */
export async function drawTitleCard(title: string): Promise<Uint8Array> {
  const { fonts, showable } = await fontsFor(`${title}${APP_NAME}`);
  const shown = showable.slice(0, -APP_NAME.length).replaceAll(/\s+/g, ' ').trim();
  const text = shown.length * 2 >= title.trim().length ? shown : '';
  const svg = await satori(card(text), { width: WIDTH, height: HEIGHT, fonts });
  return new Resvg(svg, { font: { loadSystemFonts: false } }).render().asPng();
}

const APP_NAME = 'AI Creator';
const WIDTH = 1200;
const HEIGHT = 630;
const MARGIN = 80;

function card(title: string) {
  const line = box({ width: 96, height: 10, background: '#f5b642', borderRadius: 5 });
  const text = { width: WIDTH - 2 * MARGIN, fontSize: fontSizeFor(title), lineHeight: 1.25, color: '#ffffff' };
  const name = { fontSize: 34, color: '#9db4d6' };
  const ground = {
    width: WIDTH,
    height: HEIGHT,
    boxSizing: 'border-box',
    padding: MARGIN,
    backgroundImage: 'linear-gradient(135deg, #14213d, #264e86)',
  };
  return box({ ...ground, flexDirection: 'column', justifyContent: 'space-between' }, [
    line,
    box({ ...text, wordBreak: 'break-word' }, title),
    box(name, APP_NAME),
  ]);
}

/** Chinese signs are about twice as wide as Latin letters. */
function fontSizeFor(title: string): number {
  const width = Array.from(title).reduce((sum, character) => sum + (/[\u2e80-\uffef]/.test(character) ? 2 : 1), 0);
  if (width <= 30) return 92;
  if (width <= 60) return 72;
  return width <= 100 ? 58 : 42;
}

type Box = { type: 'div'; key: null; props: { style: object; children?: string | Box[] } };

function box(style: Record<string, string | number>, children?: string | Box[]): Box {
  const props = { style: { display: 'flex', ...style } };
  return { type: 'div', key: null, props: children === undefined ? props : { ...props, children } };
}
