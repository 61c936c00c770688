import { z } from 'zod';
import { speechOperation, speechRequest, transcriptionOperation, transcriptionRequest } from '../../domain/llm/llm.ts';
import type { ApiServices } from '../api-services.ts';
import { route } from '../route.ts';
import { wholeAnswer } from '../whole-answer.ts';

export const audioRoutes = ({ llm }: Pick<ApiServices, 'llm'>) => [
  route({
    post: '/v1/audio/speech',
    allow: 'key',
    tag: 'llm proxy',
    body: speechRequest,
    produces: 'audio/mpeg',
    reply: { 200: z.string().describe('Audio, in the format that was asked for.') },
    summary: 'A text spoken, in the OpenAI format.',
    respond: (input) => wholeAnswer(llm, input, speechOperation(input.body)),
  }),
  route({
    post: '/v1/audio/transcriptions',
    allow: 'key',
    tag: 'llm proxy',
    largeBody: true,
    multipart: true,
    body: transcriptionRequest,
    reply: { 200: z.looseObject({}).describe('The transcript, or with `response_format` text or subtitles.') },
    summary: 'A recording written down, in the OpenAI format.',
    respond: async (input) => wholeAnswer(llm, input, await transcriptionOperation(input.body)),
  }),
];
