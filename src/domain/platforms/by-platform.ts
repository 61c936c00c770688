import { AppError } from '../../errors.ts';

/** @throws AppError `not_found` for an id that is no platform of ours */
export function byPlatform<Part>(parts: Readonly<Record<string, Part>>, id: string): Part {
  const part = Object.hasOwn(parts, id) ? parts[id] : undefined;
  if (!part) throw new AppError('not_found', `There is no platform "${id}".`, { details: { platform: id } });
  return part;
}
