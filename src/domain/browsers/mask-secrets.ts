/** Takes known secrets out of a text, and whatever stands behind a name that sounds like one. */
export function maskSecrets(text: string, secrets: readonly string[]): string {
  const known = secrets.flatMap((secret) => [secret, decoded(secret), encodeURIComponent(secret)]);
  // Short ones ("1", "en") are settings, not secrets, and would riddle the text.
  const masked = known
    .filter((secret) => secret.length >= minSecretCharacters)
    .reduce((rest, secret) => rest.replaceAll(secret, '[masked]'), text);
  return masked.replaceAll(namedSecret, '$1[masked]');
}

const minSecretCharacters = 6;

/** `_wpnonce=…` in an address, `"token":"…"` in JSON, `data-nonce="…"` in a tag, each also with HTML's quotes and escaped ones. */
const namedSecret =
  /([\w-]*(?:nonce|token|secret|passw(?:or)?d|api[_-]?key|csrf|session[_-]?id)[\w-]*(?:\\*"|&quot;)?\s*(?:=|:|%3D)\s*(?:\\*"|'|&quot;)?)(?!\[masked\])[^\s"'&<>;,)\\]+/gi;

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
