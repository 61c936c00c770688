/** Looks for what was planted in everything that a place has left behind, and shows that it would have been found. */
import { randomUUID } from 'node:crypto';
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import type { ApplicationPlace } from '../application-place.ts';
import { bucketOf } from '../object-texts.ts';
import { placesWhereItLies } from '../secret-scan.ts';

export type SecretsSeen = {
  /** `secret in place`: none is wanted. */
  found: string[];
  /** Kinds of places in which the control was not found: none is wanted either. */
  blind: string[];
  runs: number;
};

export type Leaving = Pick<ApplicationPlace, 'services' | 'run' | 'config'>;

export async function secretsLeft(place: Leaving, secrets: Readonly<Record<string, string>>): Promise<SecretsSeen> {
  const control = `control-${randomUUID()}`;
  const controlRun = await plant(place, control);
  const workflowIds: string[] = [];
  for await (const { workflowId } of place.services.temporal.workflow.list()) workflowIds.push(workflowId);
  const runs = [...new Set([...workflowIds, controlRun])];
  const lies = await placesWhereItLies({ ...secrets, control }, { place, workflowIds: runs });
  const seen = lies.filter((where) => where.startsWith('control in '));
  const kinds = ['decrypted history', 'log', 'redis', 'table', 'object control.html', 'object control.zip'];
  await place.services.temporal.workflow.getHandle(controlRun).terminate();
  return {
    found: lies.filter((where) => !seen.includes(where)),
    blind: kinds.filter((kind) => !seen.some((where) => where.startsWith(`control in ${kind}`))),
    runs: runs.length,
  };
}

async function plant({ services, run, config }: Leaving, control: string): Promise<string> {
  const { temporal, redis, database } = services;
  await redis.set('control', control);
  await database.em.fork().execute('create table if not exists control_plant (words text)');
  await database.em.fork().execute('insert into control_plant values (?)', [control]);
  appendFileSync(join(run.dataDir, 'logs', 'control.log'), `${control}\n`);
  const objects = bucketOf(config);
  await objects.put('control.html', { bytes: Buffer.from(`<p>${control}</p>`), contentType: 'text/html' });
  await objects.put('control.zip', { bytes: zipOf(Buffer.from(control)), contentType: 'application/zip' });
  const workflowId = `control:${randomUUID()}`;
  await temporal.workflow.start('control', { workflowId, taskQueue: 'nobody', args: [control] });
  return workflowId;
}

/** One file, deflated, as a trace has it (APPNOTE 4.3.6). */
function zipOf(content: Buffer): Buffer {
  const [packed, name] = [deflateRawSync(content), Buffer.from('trace')];
  const local = Buffer.alloc(30);
  local.writeUInt32LE(0x04034b50);
  local.writeUInt16LE(8, 8);
  local.writeUInt16LE(name.length, 26);
  const central = Buffer.alloc(46);
  central.writeUInt32LE(0x02014b50);
  central.writeUInt16LE(8, 10);
  central.writeUInt32LE(packed.length, 20);
  central.writeUInt16LE(name.length, 28);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(local.length + name.length + packed.length, 16);
  return Buffer.concat([local, name, packed, central, name, end]);
}
