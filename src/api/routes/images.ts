import { z } from 'zod';
import { imagesOperation, imagesRequest } from '../../domain/llm/llm.ts';
import type { ApiServices } from '../api-services.ts';
import { route } from '../route.ts';
import { wholeAnswer } from '../whole-answer.ts';

export const imageRoutes = ({ llm, now }: Pick<ApiServices, 'llm' | 'now'>) => [
  route({
    post: '/v1/images/generations',
    allow: 'key',
    tag: 'llm proxy',
    body: imagesRequest,
    reply: { 200: z.looseObject({}).describe('Pictures, as addresses or as base64.') },
    summary:
      'Pictures in the OpenAI format. Models of a ComfyUI answer `b64_json`, and take what their workflow has a place for.',
    respond: (input) => wholeAnswer(llm, input, imagesOperation(input.body, now)),
  }),
];
