import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { dirname } from 'node:path';
import { z } from 'zod';
import { generateWorkerKeyPair } from '../src/client/grant.ts';

const secrets = z.object({
  JWT_SECRET: z.string(),
  ENCRYPTION_KEYS: z.string(),
  PAYLOAD_KEYS: z.string(),
  CODEC_TOKEN: z.string(),
  BROWSER_WORKER_PUBLIC_KEY: z.string(),
  BROWSER_WORKER_PRIVATE_KEY: z.string(),
});

/** This checkout's own secrets: made at the first start, kept with the state that they protect. */
export async function localSecrets(file: string): Promise<z.infer<typeof secrets>> {
  if (existsSync(file)) return secrets.parse(JSON.parse(readFileSync(file, 'utf8')));
  const pair = await generateWorkerKeyPair();
  const made = {
    JWT_SECRET: randomBytes(32).toString('base64url'),
    ENCRYPTION_KEYS: `local:${randomBytes(32).toString('base64')}`,
    PAYLOAD_KEYS: `local:${randomBytes(32).toString('base64')}`,
    CODEC_TOKEN: randomBytes(16).toString('hex'),
    BROWSER_WORKER_PUBLIC_KEY: pair.publicKey,
    BROWSER_WORKER_PRIVATE_KEY: pair.privateKey,
  };
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.part`, JSON.stringify(made, null, 2), { mode: 0o600 });
  renameSync(`${file}.part`, file);
  return made;
}
