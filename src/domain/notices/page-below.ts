import { fieldError } from '../../errors.ts';

export type PageWanted = { limit: number; cursor: string | null };
export type Page<T> = { rows: T[]; nextCursor: string | null };

type Rows<T> = {
  /** Whether an id is one of this list. */
  has(id: string): Promise<boolean>;
  /** Newest first. */
  find(below: { id?: { $lt: string } }, limit: number): Promise<T[]>;
};

/** A page of rows whose ids sort by time; the cursor is the last id of the page before. @throws AppError `invalid_request` */
export async function pageBelow<T extends { id: string }>(wanted: PageWanted, rows: Rows<T>): Promise<Page<T>> {
  const { limit, cursor } = wanted;
  if (cursor !== null && !(await rows.has(cursor)))
    throw fieldError('invalid_request', 'cursor', 'must be the next_cursor of an earlier page');
  const found = await rows.find(cursor === null ? {} : { id: { $lt: cursor } }, limit + 1);
  const page = found.slice(0, limit);
  return { rows: page, nextCursor: found.length > limit ? (page.at(-1)?.id ?? null) : null };
}
