/** The input of a call as OpenAI's text of a JSON object, also when there is none. */
export function toolArguments(input: unknown): string {
  return JSON.stringify(input ?? {});
}
