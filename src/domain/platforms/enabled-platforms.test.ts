import { expect, test } from '@jest/globals';
import { createEnabledPlatforms } from './enabled-platforms.ts';

const usual = createEnabledPlatforms({ UNVERIFIED_PLATFORMS: '', PLATFORM_SITES: '' });
const brave = createEnabledPlatforms({
  UNVERIFIED_PLATFORMS: 'zhihu,xiaohongshu',
  PLATFORM_SITES: 'xiaohongshu=http://127.0.0.1:1234',
});
const enabledOf = (platforms: typeof usual) =>
  platforms
    .list()
    .filter(({ isEnabled }) => isEnabled)
    .map(({ description }) => description.id);

test('what was only tried on fixtures is enabled by name, and all is listed', () => {
  expect(enabledOf(usual)).toEqual(['ghost', 'wordpress']);
  expect(enabledOf(brave)).toEqual(['ghost', 'wordpress', 'xiaohongshu', 'zhihu']);
  expect(usual.list()).toHaveLength(4);
  expect(() => usual.enabled('zhihu')).toThrow(
    expect.objectContaining({ code: 'unprocessable', details: { field: 'platform', platform: 'zhihu' } }),
  );
  expect(brave.enabled('zhihu').verified).toBe('fixtures');
  expect(() => usual.enabled('nowhere')).toThrow(expect.objectContaining({ code: 'not_found' }));
});

test('a platform is where it is known to be, or where this installation says; a self-hosted one where its account says', () => {
  expect(usual.siteOf({ platform: 'xiaohongshu' })).toBe('https://creator.xiaohongshu.com');
  expect(brave.siteOf({ platform: 'xiaohongshu' })).toBe('http://127.0.0.1:1234');
  expect(brave.siteOf({ platform: 'xiaohongshu', siteUrl: 'https://evil.example' })).toBe('http://127.0.0.1:1234');
  expect(brave.siteOf({ platform: 'wordpress', siteUrl: 'https://blog.example' })).toBe('https://blog.example');
  expect(() => usual.siteOf({ platform: 'wordpress', siteUrl: null })).toThrow(
    expect.objectContaining({ code: 'invalid_request' }),
  );
});
