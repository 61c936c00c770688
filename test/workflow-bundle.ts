import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import type { WorkflowBundleWithSourceMap } from '@temporalio/worker';

const bundles = new Map<string, Promise<WorkflowBundleWithSourceMap>>();

/** A file of `src/workflows`, all of them unless told, as a worker takes it: made once for all tests of a process. */
export function workflowBundleOf(file = 'index.ts'): Promise<WorkflowBundleWithSourceMap> {
  const made = bundles.get(file) ?? bundled(file);
  bundles.set(file, made);
  return made;
}

const bundled = (file: string) =>
  bundleWorkflowCode({
    workflowsPath: new URL(`../src/workflows/${file}`, import.meta.url).pathname,
    logger: new DefaultLogger('ERROR'),
  });
