import type { ApiMiddleware } from '../api-context.ts';
import { AppError } from '../../errors.ts';

/** The end of the line: a path that nobody serves, or not with this method. Methods by path come from the routes. */
export function notFound(methodsOf: (path: string) => readonly string[]): ApiMiddleware {
  return (ctx) => {
    const methods = methodsOf(ctx.path);
    if (methods.length === 0) throw new AppError('not_found', 'There is no such route.');
    const allow = [...methods, 'OPTIONS'].join(', ');
    ctx.set('allow', allow);
    if (ctx.method !== 'OPTIONS') throw new AppError('method_not_allowed', `This route understands ${allow}.`);
    ctx.status = 204;
  };
}
