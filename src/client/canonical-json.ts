/**
 * One text for one value: keys sorted, no white space, as RFC 8785 has it. Only strings, whole numbers and objects of
 * them occur here, for which that RFC's number rules change nothing.
 */
export function canonicalJson(value: CanonicalValue): string {
  if (typeof value !== 'object') return JSON.stringify(value);
  const members = Object.keys(value)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonicalJson(value[key] ?? '')}`);
  return `{${members.join(',')}}`;
}

export type CanonicalValue = string | number | { readonly [key: string]: CanonicalValue };
