import { strFromU8, strToU8, unzipSync, zipSync } from 'fflate';
import { maskSecrets } from './mask-secrets.ts';

/**
 * A Playwright trace without what it must not carry: the calls, their times and errors stay; network, page resources,
 * results, the login state it began with and what was typed go. What is left is masked text by text. What this does not
 * know is left out.
 */
export function maskedTrace(zip: Uint8Array, secrets: readonly string[]): Uint8Array {
  const kept = Object.entries(unzipSync(zip))
    .filter(([name]) => name.endsWith('.trace'))
    .map(([name, bytes]) => [name, strToU8(maskedLines(strFromU8(bytes), secrets))]);
  return zipSync({ ...Object.fromEntries(kept), 'trace.network': new Uint8Array() });
}

function maskedLines(text: string, secrets: readonly string[]): string {
  const events = text
    .split('\n')
    .filter(Boolean)
    .flatMap((line) => keptEvent(JSON.parse(line)));
  return events.map((event) => `${JSON.stringify(masked(event, secrets))}\n`).join('');
}

type Fields = Readonly<Record<string, unknown>>;

/** By type, since each has other fields that may tell too much. */
function keptEvent(event: Fields): Fields[] {
  switch (event['type']) {
    case 'context-options':
      return [{ ...event, options: {} }];
    case 'before':
      return [{ ...event, params: withoutTyped(event['params']) }];
    case 'after':
      return [{ ...event, result: undefined, error: withoutElements(event['error']) }];
    case 'log':
      return plainLog.test(String(event['message'])) ? [event] : [];
    default:
      return [];
  }
}

/** What is typed may be a code or a password; what is evaluated carries whole articles. */
const withoutTyped = (params: unknown): Fields =>
  Object.fromEntries(Object.entries(Object(params)).filter(([name]) => !typed.has(name)));

const typed: ReadonlySet<string> = new Set([
  'value',
  'text',
  'arg',
  'payloads',
  'localPaths',
  'storageState',
  'cookies',
]);

/** Other lines quote what was typed, and elements with what stands in them. */
const plainLog = /^\s*(?:navigat|waiting |attempting |element |retrying |scrolling |done |performing )/;

/** An error's message repeats the lines of its log. */
function withoutElements(error: unknown): Fields | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const { message, name } = Object(error);
  const [said = ''] = String(message).split('\nCall log:');
  return { name: String(name), message: said };
}

function masked(value: unknown, secrets: readonly string[]): unknown {
  if (typeof value === 'string') return maskSecrets(value, secrets);
  if (Array.isArray(value)) return value.map((one) => masked(one, secrets));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, masked(one, secrets)]));
}
