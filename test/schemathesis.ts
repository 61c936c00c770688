/** Schemathesis, a fuzzer that makes requests from an OpenAPI document; fetched by hash into the user's cache folder. */
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cached } from '../dev/downloads/cache.ts';
import { command } from '../dev/downloads/command.ts';

const requirements = new URL('../dev/fuzz/requirements.txt', import.meta.url).pathname;

export type Fuzz = {
  /** Of the API; its document is at `/openapi.json`. */
  url: string;
  token: string;
  /** Paths to leave out, as a regular expression. */
  except: string;
  /** Requests made up for each operation, beside those that walk its limits. */
  examples: number;
};

/**
 * @returns how many requests were made
 * @throws an Error with the fuzzer's report when a server error, or an answer unlike the document, was found
 */
export async function fuzz({ url, token, except, examples }: Fuzz): Promise<number> {
  const pin = createHash('sha256').update(readFileSync(requirements)).digest('hex');
  const folder = await cached({ name: 'schemathesis', pin }, async (dir) => {
    const quiet = ['--quiet', '--disable-pip-version-check', '--no-warn-script-location'];
    await command('python3', [
      '-m',
      'pip',
      'install',
      ...quiet,
      '--require-hashes',
      '--target',
      dir,
      '-r',
      requirements,
    ]);
  });
  const limits = [
    '--max-examples',
    String(examples),
    '--seed',
    '1',
    '--request-timeout',
    '30',
    '--suppress-health-check',
    'too_slow', // how long it takes to make up a request says nothing about us
    '--no-color',
    '--workers',
    '2',
  ];
  const scope = ['--exclude-path-regex', except, '--checks', checks.join(','), '--phases', 'fuzzing'];
  const own = mkdtempSync(join(tmpdir(), 'fuzz-'));
  try {
    const document = join(own, 'openapi.json');
    writeFileSync(document, await shortened(`${url}/openapi.json`));
    const args = ['run', document, '--url', url, '-H', `Authorization: Bearer ${token}`, ...scope, ...limits];
    const env = { PYTHONPATH: folder, PYTHONDONTWRITEBYTECODE: '1' };
    const run = command('python3', ['-m', 'schemathesis.cli', ...args], { cwd: own, env });
    const report = await run.catch(withoutIssues);
    return Number(/(\d+) generated/.exec(report)?.[1] ?? 0);
  } finally {
    rmSync(own, { recursive: true });
  }
}

/**
 * The generator beneath it may give an operation up whose requests it cannot make up twice alike, as on a slow machine: then it
 * exits with 1, and its report says that every answer was as it should be.
 */
function withoutIssues(error: unknown): string {
  if (error instanceof Error && error.message.includes(' No issues found ')) return error.message;
  throw error;
}

/** No 5xx, and no answer that the document does not announce. */
const checks = [
  'not_a_server_error',
  'status_code_conformance',
  'content_type_conformance',
  'response_schema_conformance',
];

/** The fuzzer may spend minutes on making up one text of 200,000 characters; shorter ones find the same. */
async function shortened(url: string): Promise<string> {
  const document: unknown = await (await fetch(url)).json();
  return JSON.stringify(document, short);
}

const short = (name: string, value: unknown) =>
  ['maxLength', 'maxItems'].includes(name) && typeof value === 'number' ? Math.min(value, LONGEST) : value;

const LONGEST = 60;
