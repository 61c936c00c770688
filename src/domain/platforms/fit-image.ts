import sharp from 'sharp';
import type { OutputInfo, Sharp } from 'sharp';
import { AppError } from '../../errors.ts';
import type { ImageFile, ImageFormat, ImageLimits } from './platform.ts';

/**
 * A picture as a platform takes it: of a format it knows, within its edge, aspect and bytes. One that fits is left as it
 * is, byte for byte. Nothing is cut off: what is too wide or too tall gets a margin.
 * @throws AppError `unprocessable` for bytes that are no picture, or one that cannot be made small enough
 */
export async function fitImage(file: ImageFile, limits: ImageLimits): Promise<ImageFile> {
  const seen = await read(file);
  if (fits(seen, limits) && file.bytes.byteLength <= limits.maxBytes) return file;
  const format = limits.formats.find((known) => known === seen.format) ?? limits.formats[0];
  const box = boxOf(seen, limits);
  for (const { to, scale, quality } of attemptsIn(format, limits)) {
    const { data, info } = await drawn(file, { box: scaled(box, scale), to, quality });
    if (data.byteLength <= limits.maxBytes) return { ...named(file, info), bytes: data };
  }
  throw new AppError('unprocessable', 'The picture cannot be made small enough for the platform.', {
    details: { field: 'images', limit: limits.maxBytes },
  });
}

/** From the best picture to the smallest. */
const steps = [
  { scale: 1, quality: 90 },
  { scale: 1, quality: 75 },
  { scale: 0.7, quality: 75 },
  { scale: 0.4, quality: 70 },
  { scale: 0.2, quality: 60 },
] as const;

/** A photograph as PNG may be many times too large: where a JPEG is taken, it becomes one before it becomes smaller. */
function attemptsIn(format: ImageFormat, { formats }: ImageLimits) {
  const becomesJpeg = format === 'png' && formats.includes('jpeg');
  return [
    ...(becomesJpeg ? [{ to: format, ...steps[0] }] : []),
    ...steps.map(({ scale, quality }) => ({ to: becomesJpeg ? ('jpeg' as const) : format, scale, quality })),
  ];
}

type Seen = { format: string; width: number; height: number };
type Box = { width: number; height: number };

/** The size as it is seen: a camera's orientation is applied. */
async function read({ bytes }: ImageFile): Promise<Seen> {
  try {
    const { format, width, height, autoOrient } = await open(bytes).metadata();
    return { format: format ?? '', width: autoOrient.width ?? width, height: autoOrient.height ?? height };
  } catch (cause) {
    throw new AppError('unprocessable', 'The picture cannot be read.', { details: { field: 'images' }, cause });
  }
}

/** Far more than any platform shows, and little enough that a small file cannot fill the memory. */
const open = (bytes: Uint8Array): Sharp => sharp(bytes, { limitInputPixels: 100_000_000, animated: true });

function fits({ format, width, height }: Seen, { formats, maxEdge, aspect }: ImageLimits): boolean {
  const ratio = width / height;
  const isShaped = aspect === null || (ratio >= aspect.min && ratio <= aspect.max);
  return formats.some((known) => known === format) && Math.max(width, height) <= maxEdge && isShaped;
}

/** The smallest frame of an allowed aspect around the picture, made no larger than the longest edge. */
function boxOf({ width, height }: Seen, { maxEdge, aspect }: ImageLimits): Box {
  const ratio = width / height;
  const frame =
    aspect === null
      ? { width, height }
      : { width: Math.max(width, height * aspect.min), height: Math.max(height, width / aspect.max) };
  const scale = Math.min(1, maxEdge / Math.max(frame.width, frame.height));
  return ratio > 0 ? scaled(frame, scale) : frame;
}

const scaled = ({ width, height }: Box, scale: number): Box => ({
  width: Math.max(1, Math.round(width * scale)),
  height: Math.max(1, Math.round(height * scale)),
});

function drawn({ bytes }: ImageFile, { box, to, quality }: { box: Box; to: ImageFormat; quality: number }) {
  const picture = open(bytes)
    .autoOrient()
    .resize({ ...box, fit: 'contain', background: 'white' });
  // What has no transparency shows black where there is none.
  return (to === 'jpeg' ? picture.flatten({ background: 'white' }) : picture)
    .toFormat(to, to === 'png' ? {} : { quality })
    .toBuffer({ resolveWithObject: true });
}

function named({ name }: ImageFile, { format }: OutputInfo): Pick<ImageFile, 'name' | 'contentType'> {
  const ending = format === 'jpeg' ? 'jpg' : format;
  return { name: `${name.replace(/\.\w+$/, '')}.${ending}`, contentType: `image/${format}` };
}
