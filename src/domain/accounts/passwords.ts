import { hash, verify } from '@node-rs/argon2';

/** argon2id with the library's parameters (19 MiB, 2 passes, 1 lane), which are OWASP's first recommendation. */
export function hashPassword(password: string): Promise<string> {
  return hash(password);
}

/** Takes as long without a stored hash as with one, so that time does not tell which e-mail addresses have an account. */
export async function passwordMatches(stored: string | undefined, password: string): Promise<boolean> {
  const matches = await verify(stored ?? (await hashOfNobody()), password);
  return matches && stored !== undefined;
}

let nobody: Promise<string> | undefined;
function hashOfNobody(): Promise<string> {
  nobody ??= hash('the password of nobody');
  return nobody;
}
