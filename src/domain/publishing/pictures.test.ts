import { createServer } from 'node:http';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createPictures } from './pictures.ts';

let url = '';
const server = createServer((request, response) => {
  if (request.url === '/moved.png') response.writeHead(302, { location: '/a.png' }).end();
  else if (request.url?.endsWith('.png')) response.writeHead(200, { 'content-type': 'image/png' }).end(request.url);
  else response.writeHead(404).end();
});
beforeAll(async () => {
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  url = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
});
afterAll(() => void server.close());

const pictures = createPictures({ SITE_PRIVATE_NETWORKS: 'allow' });

test('the pictures of a text are read in their order, by reference too', async () => {
  const found = await pictures(`![a](${url}/a.png?size=1.png)\n\n![b][ref]\n\n[ref]: ${url}/b.png`);
  expect(
    found.map(({ name, contentType, bytes }) => ({ name, contentType, text: Buffer.from(bytes).toString() })),
  ).toEqual([
    { name: 'picture-1', contentType: 'image/png', text: '/a.png?size=1.png' },
    { name: 'picture-2', contentType: 'image/png', text: '/b.png' },
  ]);
});

test('a picture that cannot be had is named, and a redirect is not followed', async () => {
  for (const name of ['gone', 'moved.png'])
    await expect(pictures(`![a](${url}/${name})`)).rejects.toMatchObject({
      code: 'unprocessable',
      message: expect.stringContaining('Picture 1'),
      details: { field: 'content.markdown', image: 0 },
    });
});

test('an address of our own network is refused, unless this installation allows it', async () => {
  const strict = createPictures({ SITE_PRIVATE_NETWORKS: 'refuse' });
  await expect(strict(`![a](${url}/a.png)`)).rejects.toMatchObject({ code: 'unprocessable' });
  await expect(strict('![a](file:///etc/passwd)')).rejects.toMatchObject({ code: 'unprocessable' });
});
