// The part of node-llama-cpp 3.22 that is used. It is loaded by path from the cache folder, so its types are written here.
export interface Turn {
  type: 'system' | 'user' | 'model';
  text: string;
}

export interface Generation {
  turns: Turn[];
  maxTokens: number;
  temperature: number;
  topP: number;
  seed?: number | undefined;
  stop: string[];
  /** `json` for any JSON, a schema for one kind of it. */
  format?: 'json' | Record<string, unknown> | undefined;
}

export interface Generated {
  text: string;
  finish: 'stop' | 'length';
  promptTokens: number;
  completionTokens: number;
}

export interface Listener {
  signal: AbortSignal;
  onText: (text: string) => void;
}

export interface Engine {
  readonly contextTokens: number;
  /** @throws BadGeneration for what the caller could have known: too long a prompt, a schema that is not supported */
  generate(generation: Generation, listener: Listener): Promise<Generated>;
}

export class BadGeneration extends Error {
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

type HistoryItem = { type: 'system' | 'user'; text: string } | { type: 'model'; response: string[] };
type Grammar = object;

interface Chat {
  chatWrapper: {
    generateContextState(input: { chatHistory: HistoryItem[] }): {
      contextText: { tokenize(tokenizer: unknown): number[] };
    };
  };
  generateResponse(
    history: HistoryItem[],
    options: object,
  ): Promise<{ response: string; metadata: { stopReason: string } }>;
}

interface LlamaModule {
  getLlama: (options: object) => Promise<{
    loadModel(options: object): Promise<{
      tokenizer: unknown;
      createContext(options: object): Promise<{ contextSize: number; getSequence(): unknown }>;
    }>;
    getGrammarFor(name: 'json'): Promise<Grammar>;
    createGrammarForJsonSchema(schema: object): Promise<Grammar>;
  }>;
  LlamaChat: new (options: { contextSequence: unknown }) => Chat;
}

const CONTEXT_TOKENS = 4096;

export async function loadEngine(engineModule: string, modelPath: string): Promise<Engine> {
  const { getLlama, LlamaChat }: LlamaModule = await import(engineModule);
  const llama = await getLlama({
    gpu: false,
    build: 'never',
    skipDownload: true,
    progressLogs: false,
    logLevel: 'error',
  });
  const model = await llama.loadModel({ modelPath });
  // One thread: two of them spin against each other on a busy machine and fall from 45 tokens a second to 2.
  const context = await model.createContext({ contextSize: CONTEXT_TOKENS, sequences: 1, threads: 1 });
  const chat = new LlamaChat({ contextSequence: context.getSequence() });

  async function grammarOf(format: Generation['format']): Promise<{ grammar?: Grammar }> {
    if (format === undefined) return {};
    if (format === 'json') return { grammar: await llama.getGrammarFor('json') };
    try {
      return { grammar: await llama.createGrammarForJsonSchema(format) };
    } catch (error) {
      throw new BadGeneration(
        'invalid_json_schema',
        `response_format: this schema is not supported (${String(error)})`,
      );
    }
  }

  return {
    contextTokens: context.contextSize,
    async generate({ turns, maxTokens, stop, temperature, topP, seed, format }, { signal, onText }) {
      const history = turns.map(historyItem);
      const prompt: HistoryItem[] = [...history, { type: 'model', response: [] }];
      const promptTokens = chat.chatWrapper
        .generateContextState({ chatHistory: prompt })
        .contextText.tokenize(model.tokenizer).length;
      const room = context.contextSize - promptTokens - 16;
      if (room < 1) {
        const limit = `This model's maximum context length is ${context.contextSize} tokens; the messages have ${promptTokens}.`;
        throw new BadGeneration('context_length_exceeded', limit);
      }
      let completionTokens = 0;
      const { response, metadata } = await chat.generateResponse(history, {
        ...(await grammarOf(format)),
        ...(seed === undefined ? {} : { seed }),
        signal,
        temperature,
        topP,
        customStopTriggers: stop,
        onTextChunk: onText,
        maxTokens: Math.min(maxTokens, room),
        onToken: (tokens: number[]) => (completionTokens += tokens.length),
      });
      const finish = metadata.stopReason === 'maxTokens' ? 'length' : 'stop';
      return { text: response, finish, promptTokens, completionTokens };
    },
  };
}

function historyItem({ type, text }: Turn): HistoryItem {
  return type === 'model' ? { type, response: [text] } : { type, text };
}
