/** Everything in the bucket as text, what is packed in zips unpacked. */
import { inflateRawSync } from 'node:zlib';
import { Client } from 'minio';
import { z } from 'zod';
import type { Config } from '../src/infra/config.ts';
import { openObjectStorage } from '../src/infra/object-storage.ts';

/** @returns each object's text by its key; those that are empty are left out */
export async function objectTexts(config: Config): Promise<Record<string, string>> {
  const objects = bucketOf(config);
  const texts: Record<string, string> = {};
  for (const key of await keysIn(config)) {
    for (const [name, bytes] of Object.entries(unpacked(key, await objects.get(key)))) {
      if (bytes.length > 0) texts[`object ${name}`] = bytes.toString('latin1');
    }
  }
  return texts;
}

export const bucketOf = (config: Config) =>
  openObjectStorage({
    endpoint: config.S3_ENDPOINT,
    accessKey: config.S3_ACCESS_KEY,
    secretKey: config.S3_SECRET_KEY,
    bucket: config.S3_BUCKET,
    region: config.S3_REGION,
  });

async function keysIn(config: Config): Promise<string[]> {
  const { hostname: endPoint, port, protocol } = new URL(config.S3_ENDPOINT);
  const { S3_ACCESS_KEY: accessKey, S3_SECRET_KEY: secretKey, S3_REGION: region } = config;
  const useSSL = protocol === 'https:';
  const client = new Client({ endPoint, port: Number(port), useSSL, accessKey, secretKey, region, pathStyle: true });
  const keys: string[] = [];
  for await (const item of client.listObjectsV2(config.S3_BUCKET, '', true)) keys.push(listed.parse(item).name);
  return keys;
}

const listed = z.object({ name: z.string() });

/** A zip by its central directory (APPNOTE 4.3.12), anything else as it is. */
function unpacked(key: string, file: Buffer): Record<string, Buffer> {
  const end = file.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'));
  if (end === -1 || file.toString('latin1', 0, 2) !== 'PK') return { [key]: file };
  const found: Record<string, Buffer> = {};
  let at = file.readUInt32LE(end + 16);
  for (let left = file.readUInt16LE(end + 10); left > 0; left -= 1) {
    const [method, size] = [file.readUInt16LE(at + 10), file.readUInt32LE(at + 20)];
    const [nameLength, extraLength] = [file.readUInt16LE(at + 28), file.readUInt16LE(at + 30)];
    const local = file.readUInt32LE(at + 42);
    const start = local + 30 + file.readUInt16LE(local + 26) + file.readUInt16LE(local + 28);
    const packed = file.subarray(start, start + size);
    const name = file.toString('utf8', at + 46, at + 46 + nameLength);
    found[`${key}: ${name}`] = method === 8 ? inflateRawSync(packed) : packed;
    at += 46 + nameLength + extraLength + file.readUInt16LE(at + 32);
  }
  return found;
}
