import { experiment } from '../experiment.ts';
import type { Experiment } from '../experiment.ts';
import type { Line } from '../judge.ts';
import { comparisonOf } from '../load/compare.ts';
import type { Question } from '../load/request-template.ts';
import { bothFormats, everyTarget } from './comparisons.ts';
import { disconnects } from './disconnects.ts';
import * as lines from './lines.ts';
import { memory } from './memory.ts';
import { pacedStreams } from './paced-streams.ts';
import {
  chatJson,
  chatStream,
  countedChatStream,
  messagesJson,
  messagesStream,
  throughAnthropic,
} from './questions.ts';
import type { Size } from './size.ts';
import type { Targets } from './targets.ts';

const viaAnthropic = throughAnthropic('fixed');

export const experiments: readonly Experiment<Targets, Size>[] = [
  everybody('json-1', { question: chatJson('fixed'), connections: 1, judged: lines.jsonOneAtATime }),
  everybody('json-32', { question: chatJson('fixed'), connections: 32, judged: lines.json32 }),
  translation('translated-json', { untranslated: chatJson('fixed'), translated: messagesJson('fixed') }),
  translation('translated-stream', { untranslated: countedChatStream('fixed'), translated: messagesStream('fixed') }),
  translation('to-anthropic-json', { untranslated: messagesJson(viaAnthropic), translated: chatJson(viaAnthropic) }),
  translation('to-anthropic-stream', {
    untranslated: messagesStream(viaAnthropic),
    translated: countedChatStream(viaAnthropic),
  }),
  everybody('stream-1', { question: chatStream('paced-8x5'), connections: 1, judged: lines.firstToken }),
  everybody('stream-32', { question: chatStream('fixed'), connections: 32, judged: lines.stream32 }),
  experiment('stream-256', lines.stream256, async ({ direct, gateway }, { pacedRounds }) => {
    const measured = await pacedStreams({ direct, gateway }, pacedRounds);
    return { measured, figures: measured };
  }),
  experiment('memory', lines.memory, async ({ gateway }, size) => {
    const measured = await memory(gateway, size.memory);
    return { measured, figures: measured };
  }),
  experiment('disconnects', lines.disconnects, async (targets, size) => {
    const measured = await disconnects(targets, size.disconnects);
    return { measured, figures: measured };
  }),
];

type Everybody = { question: Question; connections: number; judged: readonly Line<lines.Compared>[] };

function everybody(name: string, { judged, ...asked }: Everybody): Experiment<Targets, Size> {
  return experiment(name, judged, async (targets, { pace }) => {
    const figures = await everyTarget(targets, { ...asked, ...pace });
    return { measured: comparisonOf(figures), figures: Object.fromEntries(figures) };
  });
}

function translation(
  name: string,
  questions: { untranslated: Question; translated: Question },
): Experiment<Targets, Size> {
  return experiment(name, lines.translation, async (targets, { pace }) => {
    const figures = await bothFormats(targets, { ...questions, ...pace });
    return { measured: comparisonOf(figures), figures: Object.fromEntries(figures) };
  });
}
