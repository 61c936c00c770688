/** The same without what could open a door: cut out by the name of its field, at any depth. A list keeps its length. */
export function withoutSecrets(details: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(details).map(([name, value]) => [name, keep(name, value)]));
}

const SECRET = /credential|password|secret|token$|api_?key|^headers$/i;

function keep(name: string, value: unknown): unknown {
  if (SECRET.test(name)) return cut(value);
  if (Array.isArray(value)) return value.map((item) => keep('', item));
  return isObject(value) ? withoutSecrets(value) : value;
}

function cut(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(cut);
  if (isObject(value)) return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, cut(inner)]));
  return value === null || value === undefined ? value : '[secret]';
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
