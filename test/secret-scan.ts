/** Looks for given texts in everything that the product leaves behind. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { z } from 'zod';
import type { Services } from '../src/services.ts';
import type { ApplicationPlace } from './application-place.ts';
import { objectTexts } from './object-texts.ts';

export type Scan = {
  place: Pick<ApplicationPlace, 'services' | 'run' | 'config'>;
  workflowIds: readonly string[];
};

/** @returns `secret in place` for each find; a text is looked for as it is, URL-encoded and in base64 */
export async function placesWhereItLies(secrets: Readonly<Record<string, string>>, scan: Scan): Promise<string[]> {
  const heaps = {
    ...(await histories(scan)),
    ...(await runList(scan.place.services)),
    ...logs(scan),
    ...(await redis(scan)),
    ...(await postgres(scan)),
    ...(await objectTexts(scan.place.config)),
  };
  const empty = Object.entries(heaps).filter(([, heap]) => heap.length === 0);
  if (empty.length > 0) throw new Error(`nothing to scan in ${empty.map(([where]) => where).join(', ')}`);
  return Object.entries(secrets).flatMap(([name, secret]) =>
    Object.entries(heaps)
      .filter(([, heap]) => disguises(secret).some((text) => heap.includes(text)))
      .map(([where]) => `${name} in ${where}`),
  );
}

const disguises = (secret: string) => [
  secret,
  encodeURIComponent(secret),
  withoutPercents(secret),
  Buffer.from(secret).toString('base64').replace(/=+$/, ''),
];

function withoutPercents(secret: string): string {
  try {
    return decodeURIComponent(secret);
  } catch {
    return secret;
  }
}

/** What operators see without opening a run: search attributes, summaries, memos. */
async function runList({ temporal }: Services): Promise<Record<string, string>> {
  const runs: string[] = [];
  for await (const { workflowId, memo, typedSearchAttributes } of temporal.workflow.list())
    runs.push(JSON.stringify({ workflowId, memo, attributes: typedSearchAttributes }));
  return { 'list of runs': runs.join('\n') };
}

/** Each history as the server has it, and decrypted by the codec: not even an operator is to see a secret. */
async function histories({ place, workflowIds }: Scan): Promise<Record<string, string>> {
  const { services } = place;
  const found: Record<string, string> = {};
  for (const workflowId of workflowIds) {
    const text = historyToJSON(await services.temporal.workflow.getHandle(workflowId).fetchHistory());
    found[`history of ${workflowId}`] = text;
    const payloads = payloadsIn(JSON.parse(text)).map(({ metadata, data }) => ({
      metadata: Object.fromEntries(Object.entries(metadata).map(([key, value]) => [key, Buffer.from(value, 'base64')])),
      data: Buffer.from(data, 'base64'),
    }));
    const decoded = await services.codec.decode(payloads);
    const texts = decoded.map(({ data }) => Buffer.from(data ?? []).toString('utf8'));
    found[`decrypted history of ${workflowId}`] = texts.join('\n');
  }
  return found;
}

const payload = z.object({ metadata: z.record(z.string(), z.string()), data: z.string() });

function payloadsIn(value: unknown): z.infer<typeof payload>[] {
  const parsed = payload.safeParse(value);
  if (parsed.success) return [parsed.data];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(payloadsIn);
}

function logs({ place }: Scan): Record<string, string> {
  const dir = join(place.run.dataDir, 'logs');
  const files = readdirSync(dir).filter((file) => file.endsWith('.log'));
  const found = files.map((file) => [`log ${file}`, readFileSync(join(dir, file), 'utf8')] as const);
  return Object.fromEntries(found.filter(([, text]) => text !== ''));
}

async function redis({ place }: Scan): Promise<Record<string, string>> {
  const client = place.services.redis;
  const prefix = place.config.REDIS_PREFIX;
  const keys = (await client.keys(`${prefix}*`)).map((key) => key.slice(prefix.length));
  const read = async (key: string): Promise<unknown> => {
    const type = await client.type(key);
    if (type === 'string') return client.get(key);
    if (type === 'hash') return client.hgetall(key);
    if (type === 'list') return client.lrange(key, 0, -1);
    if (type === 'set') return client.smembers(key);
    if (type === 'zset') return client.zrange(key, '0', '-1');
    if (type === 'stream') return client.xrange(key, '-', '+');
    return `${type} has gone meanwhile`;
  };
  const entries = await Promise.all(keys.map(async (key) => `${key} ${JSON.stringify(await read(key))}`));
  return { redis: entries.join('\n') };
}

async function postgres({ place }: Scan): Promise<Record<string, string>> {
  const em = place.services.database.em.fork();
  const tables = await em.execute<{ name: string }[]>(
    "select table_name as name from information_schema.tables where table_schema = 'public'",
  );
  const found = await Promise.all(
    tables.map(async ({ name }) => {
      const rows = await em.execute<{ row: string }[]>(`select t::text as row from "${name}" t`);
      return [`table ${name}`, rows.map(({ row }) => row).join('\n')] as const;
    }),
  );
  return Object.fromEntries(found.filter(([, text]) => text !== ''));
}
