import { createServer } from 'node:http';
import type { LookupAddress } from 'node:dns';
import { expect, test } from '@jest/globals';
import { Agent, request } from 'undici';
import { listening } from '../../test/listening.ts';
import { createOutboundPolicy } from './outbound.ts';
import type { OutboundPolicy } from './outbound.ts';

const strict = createOutboundPolicy({ allowPrivate: false });
const open = createOutboundPolicy({ allowPrivate: true });

test.each([
  'https://api.openai.com/v1',
  'http://8.8.8.8/v1',
  'https://[2606:4700::1111]/v1',
  'https://api.example.com:8443/v1',
])('a public address is allowed: %s', (url) => {
  expect(strict.refusal(url)).toBeNull();
  expect(open.refusal(url)).toBeNull();
});

test.each([
  'http://127.0.0.1:11434/v1',
  'http://2130706433/v1',
  'http://0177.0.0.1/v1',
  'http://0x7f.1/v1',
  'http://127.1/v1',
  'http://１２７.0.0.1/v1',
  'http://localhost:8188',
  'http://models.localhost./v1',
  'http://10.1.2.3/v1',
  'http://172.31.0.1/v1',
  'http://192.168.1.1/v1',
  'http://100.64.0.1/v1',
  'http://[::1]/v1',
  'http://[fd00::1]/v1',
  'http://[::ffff:127.0.0.1]/v1',
  'http://[::ffff:7f00:1]/v1',
])('an address of our own networks is allowed only where private networks are: %s', (url) => {
  expect(() => strict.assertAllowed(url, 'base_url')).toThrow('base_url: must not be an address of a private network.');
  expect(open.refusal(url)).toBeNull();
});

test.each(['http://[::127.0.0.1]/', 'http://[64:ff9b::7f00:1]/', 'http://[2002:7f00:1::]/', 'http://198.18.0.1/'])(
  'an address that only leads to another one, or to nowhere, is not public: %s',
  (url) => {
    expect(strict.refusal(url)).not.toBeNull();
  },
);

test.each([
  'http://169.254.169.254/latest/meta-data',
  'http://[::ffff:169.254.169.254]/',
  'http://[fe80::1]/',
  'http://[fd00:ec2::254]/',
  'http://100.100.100.200/',
  'http://0.0.0.0/',
  'http://[::]/',
  'http://224.0.0.1/',
  'http://255.255.255.255/',
  'ftp://api.example.com/',
  'file:///etc/passwd',
  'https://user:word@api.example.com/v1',
  'https://api.example.com/v1?key=1',
  'https://api.example.com/v1#',
  'api.example.com',
])('some are never allowed: %s', (url) => {
  for (const policy of [strict, open]) expect(policy.refusal(url)).not.toBeNull();
});

/** A name server that answers each question with the next of these. */
function answering(...answers: string[][]) {
  return (_name: string, _options: object, callback: (error: null, found: LookupAddress[]) => void) => {
    const found = answers.shift() ?? [];
    callback(
      null,
      found.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    );
  };
}

function looked(policy: OutboundPolicy): Promise<unknown> {
  return new Promise((resolve, reject) => {
    policy.lookup('api.example.com', {}, (error, address) => (error ? reject(error) : resolve(address)));
  });
}

test('a name that points elsewhere the second time is refused the second time', async () => {
  const policy = createOutboundPolicy({ allowPrivate: false, resolve: answering(['8.8.8.8'], ['127.0.0.1']) });
  await expect(looked(policy)).resolves.toBe('8.8.8.8');
  await expect(looked(policy)).rejects.toMatchObject({ code: 'EADDRNOTALLOWED' });
});

test.each([[['8.8.8.8', '10.0.0.1']], [['169.254.169.254']], [['::ffff:127.0.0.1']], [['fd00::1']], [[]]])(
  'one address that is not allowed, or none at all, is enough to refuse a name: %j',
  async (addresses) => {
    const policy = createOutboundPolicy({ allowPrivate: false, resolve: answering(addresses) });
    await expect(looked(policy)).rejects.toMatchObject({ code: 'EADDRNOTALLOWED' });
  },
);

test('a name of this machine is connected to only where private networks are allowed', async () => {
  const server = createServer((_request, response) => response.end('inside'));
  const port = await listening(server);
  const ask = async ({ lookup }: OutboundPolicy) => {
    const agent = new Agent({ connect: { lookup } });
    try {
      return await (await request(`http://localhost:${port}`, { dispatcher: agent })).body.text();
    } finally {
      await agent.close();
    }
  };
  await expect(ask(open)).resolves.toBe('inside');
  await expect(ask(strict)).rejects.toMatchObject({ code: 'EADDRNOTALLOWED' });
  server.close();
});
