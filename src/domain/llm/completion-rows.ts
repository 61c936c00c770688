import { z } from 'zod';
import { Completion } from '../../entities/completion.ts';
import type { CompletionStatus } from '../../entities/completion.ts';
import type { AttemptTrail } from '../../entities/usage-record.ts';
import { AppError } from '../../errors.ts';
import type { Details } from '../../errors.ts';
import type { Em } from '../../infra/database.ts';
import type { Hold, Spent } from '../usage/usage.ts';

/** @throws AppError `not_found` */
export async function rowOf(em: Em, id: string): Promise<Completion> {
  const row = await em.findOne(Completion, { id });
  if (!row) throw new AppError('not_found', 'There is no such completion.');
  return row;
}

/** Two that come with the same purpose at once get the same id: the first one's. */
export async function createRow(em: Em, row: NewRow): Promise<string> {
  const request = JSON.stringify(row.request);
  const headers = JSON.stringify(row.requestHeaders);
  const values = [row.id, row.userId, row.apiKeyId, row.operation, row.purpose, request, headers, row.createdAt];
  await em.execute(insertRow, values);
  const { id } = await em.findOneOrFail(Completion, { purpose: row.purpose }, { fields: ['id'] });
  return id;
}

export type NewRow = Pick<Completion, 'id' | 'userId' | 'operation' | 'purpose' | 'request' | 'createdAt'> & {
  apiKeyId: string | null;
  requestHeaders: Readonly<Record<string, string>>;
};

const insertRow = `
  insert into completions (id, user_id, api_key_id, operation, purpose, request, request_headers, attempts, status,
    created_at)
  values (?, ?, ?, ?, ?, ?::jsonb, ?::jsonb, '[]', 'queued', ?) on conflict (purpose) do nothing`;

/** @returns all attempts so far */
export async function appendAttempt(em: Em, { id, trail, message }: Attempt): Promise<AttemptTrail[]> {
  await em.execute(
    'update completions set attempts = attempts || ?::jsonb, error_message = coalesce(?::text, error_message) where id = ?',
    [JSON.stringify([trail]), message, id],
  );
  return (await rowOf(em, id)).attempts;
}

type Attempt = { id: string; trail: AttemptTrail; message: string | null };

/** The first answer stays. */
export async function answer(em: Em, { id, answer: body, modelName, spent }: Answer): Promise<void> {
  await em.nativeUpdate(Completion, { id, answer: null }, { answer: body, modelName, spent });
}

type Answer = { id: string; answer: Record<string, unknown>; modelName: string; spent: Spent };

/** What is charged if it is cancelled from here on. An answer brings its own. */
export async function expectSpent(em: Em, { id, spent }: { id: string; spent: Spent | null }): Promise<void> {
  await em.nativeUpdate(Completion, { id, answer: null, finishedAt: null }, { spent });
}

/** @returns false when it has ended meanwhile: the hold is nobody's then */
export async function begun(em: Em, { id, hold }: { id: string; hold: Hold }): Promise<boolean> {
  return (await em.nativeUpdate(Completion, { id, finishedAt: null }, { hold, status: 'running' })) === 1;
}

/**
 * The first end stays.
 * @param wasHeld whether the end knows of the hold in the row
 * @returns false when it has ended, or begun, meanwhile
 */
export async function finished(em: Em, { id, at, wasHeld, ...end }: End): Promise<boolean> {
  const where = { id, finishedAt: null, ...(wasHeld ? {} : { hold: null }) };
  return (await em.nativeUpdate(Completion, where, { ...end, finishedAt: at })) === 1;
}

type End = RowEnd & { id: string; at: Date; wasHeld: boolean };

export type RowEnd = {
  status: Exclude<CompletionStatus, 'queued' | 'running'>;
  errorCode: string | null;
  errorMessage: string | null;
  errorDetails: Details | null;
};

/** The text of a completion's message; empty when it has none. */
export function textIn(body: Record<string, unknown>): string {
  const [choice] = answered.parse(body).choices;
  return choice?.message.content ?? '';
}

const answered = z.object({ choices: z.array(z.object({ message: z.object({ content: z.string().nullish() }) })) });
