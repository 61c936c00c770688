/** What a text in Redis says; null for what is no JSON, so that one damaged entry cannot stop the work on all others. */
export function storedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
