import type { Page } from 'playwright-core';
import { z } from 'zod';
import { AppError } from '../../../errors.ts';
import { rest } from './rest.ts';

/** The ids of tags by name, made where they are missing. An author may do both. */
export async function tagIds(page: Page, names: readonly string[]): Promise<number[]> {
  const ids = new Set<number>();
  for (const name of new Set(names.map((tag) => tag.trim()))) ids.add(await tagId(page, name));
  return [...ids];
}

/** Makes the tag, and lets WordPress say when it has one: its rules of what is the same name are its own. */
async function tagId(page: Page, name: string): Promise<number> {
  try {
    return (await rest(page, { path: '/wp/v2/tags', fields: { name } }, z.object({ id: z.int() }))).id;
  } catch (error) {
    const existing = error instanceof AppError ? error.details?.['termId'] : undefined;
    if (typeof existing === 'number') return existing;
    throw error;
  }
}
