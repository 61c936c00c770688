// node dev/env-example.ts: writes .env.example from the schema of the environment.
import { writeFileSync } from 'node:fs';
import { developmentSecrets, environment } from '../src/infra/config.ts';

/** Every setting with its meaning. Secrets are left empty, which means their development default. */
export function envExample(): string {
  const settings = Object.entries(environment.shape).map(([name, schema]) => {
    const preset = name in developmentSecrets ? '' : text(schema.safeParse(undefined).data);
    return `# ${schema.description ?? ''}\n${name}=${preset}\n`;
  });
  return [HEAD, ...settings].join('\n');
}

const HEAD = `# Written by dev/env-example.ts from src/infra/config.ts. A setting that is empty has its default; \`npm run demo\`,
# \`npm start\` and \`npm test\` need none of these. Production refuses to start while a secret is empty.
`;

const text = (value: string | number | undefined) => `${value ?? ''}`;

if (import.meta.main) writeFileSync(new URL('../.env.example', import.meta.url), envExample());
