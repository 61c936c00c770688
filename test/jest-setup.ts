/**
 * Before the first test of a process. Tests run in bare Node, as the product does, which loads a module once for all of
 * them: `@jest/globals` is given what the runner has put on `globalThis`, and what hangs is ended, which the runner
 * leaves to others.
 */
import { registerHooks } from 'node:module';
import { addEventHandler } from 'jest-circus';

/** Far more than the slowest test takes on the slowest machine: it ends what hangs, and judges no speed. */
const MOST_MS = 600_000;

const names = ['afterAll', 'afterEach', 'beforeAll', 'beforeEach', 'describe', 'expect', 'jest', 'test'];
const globals = `data:text/javascript,export const { ${names.join(', ')} } = globalThis;`;

registerHooks({
  resolve: (name, context, next) =>
    name === '@jest/globals' ? { url: globals, shortCircuit: true } : next(name, context),
});

addEventHandler((event, { currentDescribeBlock: block }) => {
  const added = event.name === 'add_test' ? block.tests.at(-1) : event.name === 'add_hook' ? block.hooks.at(-1) : null;
  const work = added?.fn;
  if (work) added.fn = () => endedInTime(work);
});

async function endedInTime(work: (...none: never[]) => unknown): Promise<void> {
  const timeout = Promise.withResolvers<never>();
  const timer = setTimeout(() => timeout.reject(new Error(`does not end within ${MOST_MS / 1_000} s`)), MOST_MS);
  try {
    await Promise.race([work(), timeout.promise]);
  } finally {
    clearTimeout(timer);
  }
}
