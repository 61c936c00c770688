import { Media } from '../../entities/media.ts';
import type { MediaKind } from '../../entities/media.ts';
import { AppError } from '../../errors.ts';
import type { Database } from '../../infra/database.ts';
import { newId } from '../../infra/ids.ts';
import type { ObjectStorage } from '../../infra/object-storage.ts';

export type MediaDependencies = { database: Database; objects: ObjectStorage; now: () => Date };

/** Pictures and evidence: bytes in the bucket, and a row that says whose they are. */
export function createMedia({ database, objects, now }: MediaDependencies) {
  return {
    /**
     * Keeps the bytes. Given an id, the first call decides: the same id again answers the row that is there.
     * @throws AppError `conflict` when the id is another user's
     */
    async store({ id = newId('med'), userId, kind, bytes, contentType }: NewMedia): Promise<Media> {
      const em = database.em.fork();
      const kept = await em.findOne(Media, { id });
      if (kept) return ownedBy(userId, kept);
      // The object first: a row always has its bytes, while an object without a row is only a leftover.
      const objectKey = `${userId}/${id}.${extensionOf(contentType)}`;
      await objects.put(objectKey, { bytes, contentType });
      const row = { id, userId, kind, objectKey, contentType, byteCount: bytes.byteLength, createdAt: now() };
      await em.upsert(Media, row, { onConflictFields: ['id'], onConflictAction: 'ignore' });
      return ownedBy(userId, await database.em.fork().findOneOrFail(Media, { id }));
    },

    /** @throws AppError `not_found` */
    async load(mediaId: string): Promise<LoadedMedia> {
      const media = await database.em.fork().findOne(Media, { id: mediaId });
      if (!media) throw noSuchMedia();
      const { id, contentType, objectKey } = media;
      return { name: `${id}.${extensionOf(contentType)}`, contentType, bytes: await objects.get(objectKey) };
    },

    /** With its row; one that is gone already is no error. */
    async remove(mediaId: string): Promise<void> {
      const em = database.em.fork();
      const media = await em.findOne(Media, { id: mediaId });
      if (!media) return;
      await objects.remove(media.objectKey);
      await em.nativeDelete(Media, { id: mediaId });
    },

    /**
     * A URL that anybody may read for `seconds`.
     * @throws AppError `not_found`, for another user's media too
     */
    async link(userId: string, mediaId: string, seconds: number): Promise<string> {
      const media = await database.em.fork().findOne(Media, { id: mediaId, userId });
      if (!media) throw noSuchMedia();
      return objects.link(media.objectKey, seconds);
    },
  };
}

export type MediaStore = ReturnType<typeof createMedia>;

export type NewMedia = { id?: string; userId: string; kind: MediaKind; bytes: Uint8Array; contentType: string };

/** A file as an upload form wants it. */
export type LoadedMedia = { name: string; contentType: string; bytes: Uint8Array };

function ownedBy(userId: string, media: Media): Media {
  if (media.userId === userId) return media;
  throw new AppError('conflict', 'This media id is taken.');
}

const extensionOf = (contentType: string) => extensions.get(contentType) ?? 'bin';

const extensions = new Map([
  ['image/png', 'png'],
  ['image/jpeg', 'jpg'],
  ['image/webp', 'webp'],
  ['image/svg+xml', 'svg'],
  ['text/html', 'html'],
  ['application/json', 'json'],
  ['application/zip', 'zip'],
]);

const noSuchMedia = () => new AppError('not_found', 'There is no such media.', { details: { field: 'media_id' } });
