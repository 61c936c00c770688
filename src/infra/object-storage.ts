import { Client } from 'minio';

/** One bucket of an S3 server. Keys are paths such as `usr_…/med_….png`. */
export type ObjectStorage = {
  /** Makes the bucket when it is absent. */
  prepare(): Promise<void>;
  put(key: string, object: StoredObject): Promise<void>;
  get(key: string): Promise<Buffer>;
  /** One that is gone already is no error. */
  remove(key: string): Promise<void>;
  /** A URL that reads the object without further credentials for `seconds`. */
  link(key: string, seconds: number): Promise<string>;
  reachable(): Promise<void>;
};

export type StoredObject = { bytes: Uint8Array; contentType: string };

export type ObjectStorageOptions = {
  endpoint: string;
  accessKey: string;
  secretKey: string;
  bucket: string;
  region: string;
};

export function openObjectStorage({
  endpoint,
  accessKey,
  secretKey,
  bucket,
  region,
}: ObjectStorageOptions): ObjectStorage {
  const url = new URL(endpoint);
  const useSSL = url.protocol === 'https:';
  const port = Number(url.port) || (useSSL ? 443 : 80);
  const client = new Client({ endPoint: url.hostname, port, useSSL, accessKey, secretKey, region, pathStyle: true });

  return {
    async prepare() {
      if (await client.bucketExists(bucket)) return;
      await client.makeBucket(bucket, region).catch(async (error: unknown) => {
        if (!(await client.bucketExists(bucket))) throw error; // another process was quicker
      });
    },
    async put(key, { bytes, contentType }) {
      await client.putObject(bucket, key, Buffer.from(bytes), bytes.byteLength, { 'Content-Type': contentType });
    },
    async get(key) {
      const chunks: Buffer[] = [];
      for await (const chunk of await client.getObject(bucket, key)) chunks.push(Buffer.from(chunk));
      return Buffer.concat(chunks);
    },
    remove: (key) => client.removeObject(bucket, key),
    link: (key, seconds) => client.presignedGetObject(bucket, key, seconds),
    async reachable() {
      await client.bucketExists(bucket);
    },
  };
}
