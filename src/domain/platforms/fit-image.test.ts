import { expect, test } from '@jest/globals';
import sharp from 'sharp';
import type { Sharp } from 'sharp';
import { fitImage } from './fit-image.ts';
import type { ImageLimits } from './platform.ts';

const limits: ImageLimits = {
  formats: ['jpeg', 'png'],
  maxBytes: 40_000,
  maxEdge: 400,
  aspect: { min: 0.75, max: 4 / 3 },
};

const plain = (width: number, height: number) => sharp({ create: { width, height, channels: 3, background: 'red' } });
/** Every point another colour: as hard to press as a photograph. */
const noise = (width: number, height: number) =>
  sharp({
    create: { width, height, channels: 3, background: 'black', noise: { type: 'gaussian', mean: 128, sigma: 60 } },
  });
const file = async (picture: Sharp, format: 'png' | 'webp' | 'jpeg' = 'png') => ({
  name: `a.${format}`,
  contentType: `image/${format}`,
  bytes: await picture.toFormat(format).toBuffer(),
});
const sizeOf = async (bytes: Uint8Array) => {
  const { width, height, format } = await sharp(bytes).metadata();
  return { width, height, format };
};

test('a picture that fits is left as it is, byte for byte', async () => {
  const fit = await file(plain(300, 300));
  await expect(fitImage(fit, limits)).resolves.toBe(fit);
});

test('a large picture is made smaller, and keeps its shape', async () => {
  const { bytes } = await fitImage(await file(plain(1000, 800)), limits);
  await expect(sizeOf(bytes)).resolves.toEqual({ width: 400, height: 320, format: 'png' });
});

test.each([
  { is: 'too wide', width: 400, height: 100, expected: { width: 400, height: 300 } },
  { is: 'too tall', width: 100, height: 400, expected: { width: 300, height: 400 } },
])('a picture that is $is gets a margin, and nothing is cut off', async ({ width, height, expected }) => {
  const { bytes } = await fitImage(await file(plain(width, height)), limits);
  await expect(sizeOf(bytes)).resolves.toMatchObject(expected);
  const { data, info } = await sharp(bytes).raw().toBuffer({ resolveWithObject: true });
  const isRed = (at: number) => data.subarray(at, at + 3).equals(Buffer.from([255, 0, 0]));
  const red = Array.from({ length: info.width * info.height }, (_point, at) => isRed(at * info.channels));
  expect(red.filter(Boolean)).toHaveLength(width * height);
});

test('a format that the platform does not know becomes its first one, and is named so', async () => {
  const fitted = await fitImage(await file(plain(300, 300), 'webp'), limits);
  expect(fitted).toMatchObject({ name: 'a.jpg', contentType: 'image/jpeg' });
  await expect(sizeOf(fitted.bytes)).resolves.toMatchObject({ format: 'jpeg' });
});

test('a picture of too many bytes is pressed until it fits', async () => {
  const large = await file(noise(400, 400));
  expect(large.bytes.byteLength).toBeGreaterThan(limits.maxBytes);
  const { bytes, contentType } = await fitImage(large, limits);
  expect(bytes.byteLength).toBeLessThanOrEqual(limits.maxBytes);
  expect(contentType).toBe('image/jpeg');
});

test('what is no picture, and what cannot become small enough, is refused before anything is uploaded', async () => {
  const refused = { code: 'unprocessable', details: { field: 'images' } };
  const text = { name: 'a.png', contentType: 'image/png', bytes: Buffer.from('no picture') };
  await expect(fitImage(text, limits)).rejects.toMatchObject(refused);
  await expect(fitImage(await file(noise(400, 400)), { ...limits, maxBytes: 100 })).rejects.toMatchObject(refused);
});

test('a drawing in SVG becomes a picture that platforms take', async () => {
  const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="300" height="300"><rect width="300" height="300"/></svg>';
  const drawing = { name: 'a.svg', contentType: 'image/svg+xml', bytes: Buffer.from(svg) };
  await expect(fitImage(drawing, limits)).resolves.toMatchObject({ name: 'a.jpg', contentType: 'image/jpeg' });
});
