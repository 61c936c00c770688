/**
 * Makes a Temporal namespace ready for the product: namespace, search attributes, schedules. Run before the first
 * process starts and after every change of the settings: `node temporal-config/setup.ts`. Safe to repeat.
 */
import { Client, Connection } from '@temporalio/client';
import { loadConfig } from '../src/infra/config.ts';
import type { Config } from '../src/infra/config.ts';
import { createKeyring } from '../src/infra/keyring.ts';
import { createPayloadCodec } from '../src/infra/temporal/payload-codec.ts';
import { ensureNamespace } from './namespace.ts';
import { ensureSchedules } from './schedules.ts';
import { registerSearchAttributes } from './search-attributes.ts';

export async function ensureNamespaceAndSearchAttributes(connection: Connection, namespace: string): Promise<void> {
  await ensureNamespace(connection, namespace);
  await registerSearchAttributes(connection, namespace);
}

/** Everything that a namespace needs before the first process starts. */
export async function setUpTemporal(config: Config): Promise<void> {
  const { TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: namespace } = config;
  const connection = await Connection.connect({ address });
  try {
    await ensureNamespaceAndSearchAttributes(connection, namespace);
    const payloadCodecs = [createPayloadCodec(createKeyring(config.PAYLOAD_KEYS))];
    const client = new Client({ connection, namespace, dataConverter: { payloadCodecs } });
    await ensureSchedules(client, { everyMinutes: config.ANALYTICS_EVERY_MINUTES, timezone: config.TIMEZONE });
  } finally {
    await connection.close();
  }
}

if (import.meta.main) await setUpTemporal(loadConfig());
