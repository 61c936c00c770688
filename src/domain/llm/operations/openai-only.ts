import type { Deployment } from '../catalog-snapshot.ts';
import { inexpressible } from '../formats/format.ts';

/**
 * For what OpenAI's format alone has words.
 * @param cannot what the others cannot, as "makes no embeddings"
 * @throws AppError `invalid_request` naming the model
 */
export function openAiOnly({ name, provider }: Deployment, cannot: string): void {
  if (provider.wireFormat !== 'openai') throw inexpressible('model', `${name} ${cannot}.`);
}
