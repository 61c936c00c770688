import { z } from 'zod';
import { embeddingsOperation, embeddingsRequest } from '../../domain/llm/llm.ts';
import type { ApiServices } from '../api-services.ts';
import { route } from '../route.ts';
import { wholeAnswer } from '../whole-answer.ts';

export const embeddingsRoutes = ({ llm }: Pick<ApiServices, 'llm'>) => [
  route({
    post: '/v1/embeddings',
    allow: 'key',
    tag: 'llm proxy',
    largeBody: true,
    body: embeddingsRequest,
    reply: { 200: z.looseObject({}).describe('A list of embeddings.') },
    summary: 'Embeddings of texts or tokens, in the OpenAI format.',
    respond: (input) => wholeAnswer(llm, input, embeddingsOperation(input.body)),
  }),
];
