import { expect, test } from '@jest/globals';
import { maskSecrets } from './mask-secrets.ts';

test('a known secret is gone in every form in which a page may carry it', () => {
  const text = 'a=ab%7Ccdef12 b=ab|cdef12';
  expect(maskSecrets(text, ['ab%7Ccdef12'])).toBe('a=[masked] b=[masked]');
  expect(maskSecrets(text, ['ab|cdef12'])).toBe('a=[masked] b=[masked]');
});

test('what stands behind the name of a secret is gone without being known', () => {
  expect(maskSecrets('post.php?x=1&_wpnonce=0a1b2c&y=2', [])).toBe('post.php?x=1&_wpnonce=[masked]&y=2');
  expect(maskSecrets('{"accessToken":"abc.def","n":1}', [])).toBe('{"accessToken":"[masked]","n":1}');
  expect(maskSecrets(String.raw`{"text":"{\"token\":\"abc\"}"}`, [])).toBe(
    String.raw`{"text":"{\"token\":\"[masked]\"}"}`,
  );
  expect(maskSecrets('data-nonce="77aa" id="x"', [])).toBe('data-nonce="[masked]" id="x"');
  expect(maskSecrets('{&quot;api_key&quot;:&quot;k1&quot;}', [])).toBe('{&quot;api_key&quot;:&quot;[masked]&quot;}');
});

test('short cookie values do not riddle the page', () => {
  expect(maskSecrets('one 1 en text', ['1', 'en'])).toBe('one 1 en text');
});
