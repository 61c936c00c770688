/**
 * The parts of a base64 data URL (RFC 2397), or null for anything else. Only the head is searched: the rest may be
 * megabytes.
 */
export function parseDataUrl(url: string): { mediaType: string; base64: string } | null {
  const comma = url.slice(0, LONGEST_HEAD).indexOf(',');
  const head = /^data:([^;,]*)(?:;[^,]*)?;base64$/i.exec(url.slice(0, comma === -1 ? 0 : comma));
  if (!head) return null;
  return { mediaType: (head[1] ?? '').toLowerCase(), base64: url.slice(comma + 1) };
}

const LONGEST_HEAD = 300;
