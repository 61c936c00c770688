import { expect, test } from '@jest/globals';
import { drawTitleCard } from './title-card.ts';
import { fontsFor } from './title-fonts.ts';

test.each([
  'Good coffee',
  '好咖啡：从豆子到杯子',
  'Café, żółw & Привет',
  '',
  '😀',
  'のり巻きの作り方',
  'a'.repeat(120),
  '咖'.repeat(120),
])('a card for %j is a PNG of 1200 × 630', async (title) => {
  const png = Buffer.from(await drawTitleCard(title));

  expect(png.toString('latin1', 1, 4)).toBe('PNG');
  expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([1200, 630]);
});

test('the Chinese font is loaded for Chinese titles only', async () => {
  await expect(fontNames('Good coffee')).resolves.toEqual(['Inter']);
  await expect(fontNames('好 coffee')).resolves.toEqual(['Inter', 'ZCOOL XiaoWei']);
});

test('characters that no font has are left out instead of drawn as boxes', async () => {
  await expect(fontsFor('好 coffee 😀 ก')).resolves.toMatchObject({ showable: '好 coffee  ' });
});

const fontNames = async (title: string) => (await fontsFor(title)).fonts.map(({ name }) => name);
