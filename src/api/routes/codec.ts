import { createHash, timingSafeEqual } from 'node:crypto';
import type { Payload } from '@temporalio/common';
import { z } from 'zod';
import { AppError } from '../../errors.ts';
import type { ApiServices } from '../api-services.ts';
import { route } from '../route.ts';

/**
 * Temporal's remote codec protocol (https://docs.temporal.io/remote-data-encoding): lets the Temporal UI show what the
 * server keeps encrypted. The UI sends no token of ours, so one stands in the path; people use their own tokens.
 */
export const codecRoutes = ({ codec, config }: Pick<ApiServices, 'codec' | 'config'>) => [
  ...directions.map((direction) =>
    route({
      post: `/codec/:token/${direction}`,
      allow: 'public',
      tag: 'codec',
      params: z.object({ token: z.string() }),
      body: payloads,
      reply: { 200: payloads },
      summary: `${verbs[direction]} payloads for the Temporal UI.`,
      handle: ({ params, body }) => {
        if (!sameSecret(params.token, config.CODEC_TOKEN)) throw new AppError('not_found', 'There is no such route.');
        return translate(body, (plain) => codec[direction](plain));
      },
    }),
  ),
  route({
    post: '/api/v1/admin/codec/decode',
    allow: 'operator',
    tag: 'codec',
    body: payloads,
    reply: { 200: payloads },
    summary: 'Decode payloads, as an operator.',
    handle: ({ body }) => translate(body, (sealed) => codec.decode(sealed)),
  }),
];

const directions = ['decode', 'encode'] as const;
const verbs = { decode: 'Decode', encode: 'Encode' } as const;

const base64 = z.base64();
const payloads = z.object({
  payloads: z
    .array(z.object({ metadata: z.record(z.string(), base64).default({}), data: base64.default('') }))
    .max(1000),
});
type Payloads = z.output<typeof payloads>;

async function translate({ payloads: given }: Payloads, through: (given: Payload[]) => Promise<Payload[]>) {
  const translated = await through(given.map(fromJson)).catch((cause: unknown) => {
    throw new AppError('unprocessable', 'payloads: cannot be read with the keys of this server.', { cause });
  });
  return { payloads: translated.map(toJson) };
}

const fromJson = ({ metadata, data }: Payloads['payloads'][number]): Payload => ({
  metadata: Object.fromEntries(Object.entries(metadata).map(([name, value]) => [name, bytes(value)])),
  data: bytes(data),
});

const toJson = ({ metadata, data }: Payload) => ({
  metadata: Object.fromEntries(Object.entries(metadata ?? {}).map(([name, value]) => [name, text(value)])),
  data: text(data),
});

const bytes = (encoded: string) => Uint8Array.from(Buffer.from(encoded, 'base64'));
const text = (plain: Uint8Array | null | undefined) => Buffer.from(plain ?? []).toString('base64');

/** Compared as digests, so that neither content nor length shows in the time it takes. */
const sameSecret = (given: string, expected: string) => timingSafeEqual(digest(given), digest(expected));
const digest = (secret: string) => createHash('sha256').update(secret).digest();
