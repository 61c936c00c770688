import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { strFromU8, unzipSync } from 'fflate';
import { takeEvidence, takePicture, takeTrace } from './evidence.ts';
import { watchRequests } from './request-log.ts';
import { browserPlace, titleOf } from '../../../test/browser-place.ts';
import type { BrowserPlace } from '../../../test/browser-place.ts';

let place: BrowserPlace;
beforeAll(async () => {
  place = await browserPlace();
});
beforeEach(() => place.reset());
afterAll(() => place.close());

test('evidence shows the page without its passwords, nonces and cookies', async () => {
  const { screenshot, html, url } = await place.use('1', async (page) => {
    await page.goto('list?_wpnonce=address-nonce-1');
    return takeEvidence(page);
  });
  expect(
    Buffer.from(screenshot ?? [])
      .subarray(1, 4)
      .toString(),
  ).toBe('PNG');
  expect(html).toContain('words that stay');
  for (const secret of ['typed-password', 'script-nonce-1', 'link-nonce-1', 'cookie-value-1', 'address-nonce-1']) {
    expect(html + url).not.toContain(secret);
  }
});

test('evidence of a page that is gone is empty and no error', async () => {
  const evidence = await place.use('1', async (page) => {
    await page.close();
    return takeEvidence(page);
  });
  expect(evidence).toMatchObject({ screenshot: null, html: null });
});

test('a picture is a JPEG of what is in view, and none is taken of a page that shows a field for secrets', async () => {
  const [plain, secret] = await place.use('1', async (page) => {
    await titleOf(page);
    const picture = await takePicture(page);
    await page.goto('list');
    return [picture, await takePicture(page)];
  });
  expect(Buffer.from(plain ?? []).subarray(0, 3)).toEqual(Buffer.from([0xff, 0xd8, 0xff]));
  expect(secret).toBeNull();
});

test('a trace tells the calls and their errors, and neither cookies, what was typed, results nor what was loaded', async () => {
  const trace = await place.use('1', async (page) => {
    await page.context().tracing.startChunk();
    await page.goto('list?_wpnonce=address-nonce-1');
    await page.fill('input', 'typed-code');
    await page.evaluate((secret) => ({ token: 'result-token', secret }), 'argument-secret');
    await page.context().storageState();
    await page.click('#absent', { timeout: 1 }).catch(() => undefined);
    return takeTrace(page.context());
  });
  const files = unzipSync(trace ?? new Uint8Array());
  const text = Object.values(files)
    .map((bytes) => strFromU8(bytes))
    .join('\n');
  for (const word of ['goto', 'fill', '#absent', 'Timeout']) expect(text).toContain(word);
  for (const secret of [
    'address-nonce-1',
    'typed-code',
    'result-token',
    'argument-secret',
    'cookie-value-1',
    'words that stay',
  ])
    expect(text).not.toContain(secret);
  expect(Object.keys(files)).not.toContainEqual(expect.stringContaining('resources'));
});

test('the requests that change something are listed with their answers, without what they carry', async () => {
  const list = await place.use('1', async (page) => {
    await titleOf(page);
    const requests = watchRequests(page);
    await page.evaluate(async () => {
      await fetch('/read');
      await fetch('/save?_wpnonce=link-nonce-1&id=7', { method: 'POST', body: 'the body' });
      await fetch('http://other.example.com/', { method: 'PUT', mode: 'no-cors' }).catch(() => undefined);
    });
    return requests.end([]);
  });
  expect(list).toMatchObject([
    { method: 'POST', url: expect.stringMatching(/\/save\?_wpnonce=\[masked\]&id=7$/), status: 200, sentBytes: 8 },
  ]);
  expect(JSON.stringify(list)).not.toContain('the body');
});
