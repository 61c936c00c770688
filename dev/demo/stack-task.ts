import type { ListrTask } from 'listr2';
import type { LocalInstallation } from '../local-installation.ts';
import { openLocalInstallation } from '../local-installation.ts';
import type { PartEvent } from '../stack/index.ts';
import { usualParts } from '../stack/part.ts';
import type { PartName } from '../stack/part.ts';

/** The stack as one task with a line for each part, since the parts start side by side. */
export function stackTask<C>(opened: (context: C, local: LocalInstallation) => void): ListrTask<C> {
  return {
    title: 'Start the stack and the product',
    task(context, task) {
      const watchers = new Map<PartName, (event: PartEvent) => void>();
      const early = new Map<PartName, PartEvent[]>();
      const on = (event: PartEvent) => {
        const watch = watchers.get(event.part);
        if (watch) watch(event);
        else early.set(event.part, [...(early.get(event.part) ?? []), event]);
      };
      const opening = openLocalInstallation({ parts: usualParts, on });

      const partTask = (part: PartName): ListrTask<C> => ({
        title: part,
        task: (_, line) =>
          new Promise<void>((resolve, reject) => {
            const watch = (event: PartEvent) => {
              if (event.state === 'working') line.output = event.detail;
              if (event.state === 'ready') line.title = `${part}, ${sources[event.source]}`;
              if (event.state === 'ready') resolve();
              if (event.state === 'failed') reject(event.error);
            };
            watchers.set(part, watch);
            for (const event of early.get(part) ?? []) watch(event);
            opening.catch(reject);
          }),
      });
      const application: ListrTask<C> = {
        title: 'API and workers',
        async task(_, line) {
          const local = await opening;
          opened(context, local);
          line.output = Object.entries(local.urls)
            .map(([name, url]) => `${name.padEnd(14)} ${url}`)
            .join('\n');
        },
        rendererOptions: { outputBar: Number.POSITIVE_INFINITY, persistentOutput: true },
      };
      return task.newListr([...usualParts.map(partTask), application], {
        concurrent: true,
        rendererOptions: { collapseSubtasks: false },
      });
    },
  };
}

const sources = {
  environment: 'from the environment',
  path: 'from the PATH',
  package: 'from a package',
} as const;
