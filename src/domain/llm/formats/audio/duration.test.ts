import { expect, test } from '@jest/globals';
import { silence } from '../../../../../test/fake-media-upstream.ts';
import { audioDurationMs } from './duration.ts';

const file = (bytes: Buffer<ArrayBuffer>, name = 'a.mp3', type = 'audio/mpeg') => new File([bytes], name, { type });

/** A frame of MPEG 1 layer 3 at 44.1 kHz: 1,152 samples. */
function frame(bitRate: 128 | 64): Buffer<ArrayBuffer> {
  const bytes = Buffer.alloc(bitRate === 128 ? 417 : 208);
  bytes.set([0xff, 0xfb, bitRate === 128 ? 0x90 : 0x50, 0x00]);
  return bytes;
}

test('a recording is measured to the millisecond', async () => {
  await expect(audioDurationMs(silence(61_234))).resolves.toBe(61_234);
});

test('a name or a type that is wrong changes nothing', async () => {
  const wav = Buffer.from(await silence(1_500).arrayBuffer());
  await expect(audioDurationMs(file(wav, 'blob', ''))).resolves.toBe(1_500);
});

test('a recording whose headers do not say is measured by its frames', async () => {
  const frames = Array.from({ length: 1_000 }, (_, at) => frame(at % 2 === 0 ? 128 : 64));
  await expect(audioDurationMs(file(Buffer.concat(frames)))).resolves.toBe(Math.round((1_000 * 1_152) / 44.1));
});

test.each([
  ['text', Buffer.from('this is no recording'.repeat(100))],
  ['zeros', Buffer.alloc(100_000)],
  ['one byte', Buffer.from([1])],
])('what is no recording has no duration: %s', async (_, bytes) => {
  await expect(audioDurationMs(file(bytes))).resolves.toBeNull();
});

test('a recording that claims to be shorter than its bytes is not believed', async () => {
  const hour = Buffer.concat([frame(128), Buffer.alloc(10_000_000, 0x55)]);
  await expect(audioDurationMs(file(hour))).resolves.toBeNull();
});
