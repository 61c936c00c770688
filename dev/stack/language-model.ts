import { StackError } from './stack-error.ts';
import type { StartPart } from './part.ts';
export const languageModel: StartPart = async () => {
  throw new StackError('not there yet');
};
