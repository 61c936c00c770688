import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

export type Report = (detail: string) => void;

export interface Watched {
  dir: string;
  totalBytes: number;
}

/** Tells how far a download has come by the size of its folder: true for every version of pip and npm. */
export async function withProgress<T>(
  { dir, totalBytes }: Watched,
  report: Report,
  work: () => Promise<T>,
): Promise<T> {
  const tell = () =>
    report(`downloading ${megabytes(Math.min(sizeOf(dir), totalBytes))} of ${megabytes(totalBytes)} MB`);
  tell();
  const timer = setInterval(tell, 300);
  return work().finally(() => clearInterval(timer));
}

function sizeOf(path: string): number {
  try {
    const stat = statSync(path);
    if (!stat.isDirectory()) return stat.size;
    return readdirSync(path).reduce((sum, name) => sum + sizeOf(join(path, name)), 0);
  } catch {
    return 0; // renamed or removed while it was counted
  }
}

const megabytes = (bytes: number): number => Math.round(bytes / 1_000_000);
