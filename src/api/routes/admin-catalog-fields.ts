import { z } from 'zod';
import { id } from '../schemas.ts';

/** Fields that several things of the catalog have. */
export const rate = z.int().positive().max(2_147_483_647).nullable().describe('null is no limit');

/** Of providers and groups: chosen by whoever makes them. */
export const shortId = id.max(50);
