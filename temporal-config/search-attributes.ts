import type { Connection } from '@temporalio/client';
import proto from '@temporalio/proto';
import { searchAttributes } from '../src/infra/temporal/search-attributes.ts';
import { hasGrpcCode } from './grpc-code.ts';
import { until } from './until.ts';

/**
 * Makes the search attributes known to the namespace, and answers when the server takes queries by them. Any number of
 * processes may do so at once.
 * @throws an Error when an attribute is there with another type: only an operator can remove it
 */
export async function registerSearchAttributes(connection: Connection, namespace: string): Promise<void> {
  const missing = await until(() => missingAttributes(connection, namespace), isNotYetKnown);
  if (Object.keys(missing).length > 0) await add(connection, { namespace, missing });
  const query = Object.keys(wanted)
    .map((name) => `${name} is null`)
    .join(' and ');
  await until(() => connection.workflowService.countWorkflowExecutions({ namespace, query }), isNotYetKnown);
}

const { IndexedValueType } = proto.temporal.api.enums.v1;
type ValueType = proto.temporal.api.enums.v1.IndexedValueType;

const valueTypes = {
  KEYWORD: IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD,
  DATETIME: IndexedValueType.INDEXED_VALUE_TYPE_DATETIME,
} as const;

const wanted: Readonly<Record<string, ValueType>> = Object.fromEntries(
  Object.values(searchAttributes).map(({ name, type }) => [name, valueTypes[type]]),
);

async function missingAttributes(connection: Connection, namespace: string): Promise<Record<string, ValueType>> {
  const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
  const clash = Object.entries(wanted).find(([name, type]) => (customAttributes[name] ?? type) !== type);
  if (clash) throw new Error(`The search attribute ${clash[0]} exists in ${namespace} with another type.`);
  return Object.fromEntries(Object.entries(wanted).filter(([name]) => customAttributes[name] === undefined));
}

type Missing = { namespace: string; missing: Record<string, ValueType> };

/** Two processes that add at once meet as "already exists" or as a write conflict; what counts is that it is there then. */
async function add(connection: Connection, { namespace, missing }: Missing): Promise<void> {
  try {
    await connection.operatorService.addSearchAttributes({ namespace, searchAttributes: missing });
  } catch (error) {
    if (hasGrpcCode(error, 'ALREADY_EXISTS')) return;
    const stillMissing = await missingAttributes(connection, namespace);
    if (Object.keys(stillMissing).length > 0) throw error;
  }
}

/** The frontend learns of a new namespace or attribute from a cache that it refreshes every few seconds. */
function isNotYetKnown(error: unknown): boolean {
  return hasGrpcCode(error, 'INVALID_ARGUMENT', 'NOT_FOUND');
}
