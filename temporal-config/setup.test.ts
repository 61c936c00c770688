import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Client, Connection, ScheduleOverlapPolicy } from '@temporalio/client';
import { loadConfig } from '../src/infra/config.ts';
import { createKeyring } from '../src/infra/keyring.ts';
import { createPayloadCodec } from '../src/infra/temporal/payload-codec.ts';
import { searchAttributes } from '../src/infra/temporal/search-attributes.ts';
import { ANALYTICS_SCHEDULE, ensureSchedules, RECONCILIATION_SCHEDULE } from './schedules.ts';
import { ensureNamespaceAndSearchAttributes } from './setup.ts';

const config = loadConfig({ ...process.env, NODE_ENV: 'test' });
const namespace = `test-setup-${randomBytes(4).toString('hex')}`;
let connection: Connection;
let client: Client;

beforeAll(async () => {
  connection = await Connection.connect({ address: config.TEMPORAL_ADDRESS });
  const payloadCodecs = [createPayloadCodec(createKeyring(config.PAYLOAD_KEYS))];
  client = new Client({ connection, namespace, dataConverter: { payloadCodecs } });
});

afterAll(async () => {
  await connection.operatorService.deleteNamespace({ namespace });
  await connection.close();
});

test('processes that set up a new namespace at once all end with its search attributes in use', async () => {
  const setups = Array.from({ length: 3 }, () => ensureNamespaceAndSearchAttributes(connection, namespace));
  await expect(Promise.all(setups)).resolves.toHaveLength(3);
  await ensureNamespaceAndSearchAttributes(connection, namespace);
  const typedSearchAttributes = [
    { key: searchAttributes.userId, value: 'usr_1' },
    { key: searchAttributes.publishAt, value: new Date(0) },
  ];
  const options = { taskQueue: 'nobody', workflowId: 'searchable', typedSearchAttributes };
  await expect(client.workflow.start('any', options)).resolves.toBeDefined();
});

test('processes that make the schedule at once make one, which neither overlaps nor catches up on a long outage', async () => {
  const settings = { everyMinutes: 60, timezone: 'Asia/Shanghai' };
  await Promise.all(Array.from({ length: 3 }, () => ensureSchedules(client, settings)));
  const schedule = await client.schedule.getHandle(ANALYTICS_SCHEDULE).describe();
  expect(schedule).toMatchObject({
    spec: { intervals: [{ every: 3_600_000 }], timezone: 'Asia/Shanghai' },
    action: { workflowType: 'collectAllAnalytics', taskQueue: 'orchestrator' },
    policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: 600_000 },
  });
});

test('the counters of limits are compared with the ledger every ten minutes', async () => {
  await expect(client.schedule.getHandle(RECONCILIATION_SCHEDULE).describe()).resolves.toMatchObject({
    spec: { intervals: [{ every: 600_000 }] },
    action: { workflowType: 'reconcileUsage', taskQueue: 'orchestrator' },
    policies: { overlap: ScheduleOverlapPolicy.SKIP },
  });
});

test('a changed setting arrives, an unchanged one writes nothing, and a pause survives both', async () => {
  const handle = client.schedule.getHandle(ANALYTICS_SCHEDULE);
  await handle.pause('platform maintenance');
  const paused = await handle.describe();
  await ensureSchedules(client, { everyMinutes: 60, timezone: 'Asia/Shanghai' });
  expect((await handle.describe()).raw.conflictToken).toEqual(paused.raw.conflictToken);
  await ensureSchedules(client, { everyMinutes: 15, timezone: 'Europe/Berlin' });
  const schedule = await handle.describe();
  expect(schedule).toMatchObject({
    spec: { intervals: [{ every: 900_000 }], timezone: 'Europe/Berlin' },
    state: { paused: true, note: 'platform maintenance' },
  });
});
