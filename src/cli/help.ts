import { z } from 'zod';
import { unwrapped } from '../config/decode/walk.js';
import { staticSchema } from '../config/static/schema.js';

/** The text of `--help`: every option that concerns TCP, from the schema itself. */
export function helpText(): string {
  const options = optionLines(staticSchema, '');
  return `sluice: a layer-4 (TCP) reverse proxy that configures itself

Usage:
  sluice [--configFile=FILE | options | environment]   run
  sluice healthcheck [same options]                    ask a running one for /ping
  sluice version                                       say which version this is

One source counts: a file (--configFile, or sluice.{toml,yaml,yml} in /etc/sluice, $XDG_CONFIG_HOME,
$HOME/.config, the working folder; then traefik.*), else options, else variables (SLUICE_LOG_LEVEL
for --log.level, TRAEFIK_ works too). Durations: 500ms, 30s, 1m30s; a bare number is seconds.

Exit codes: 0 done, 1 runtime failure, 2 bad usage or configuration.

Options:
${options.map((line) => `  ${line}\n`).join('')}`;
}

function optionLines(schema: z.core.$ZodType, path: string): readonly string[] {
  const { inner, trait } = unwrapped(schema);
  if (trait.foreign === true) return [];
  if (inner instanceof z.ZodObject) {
    const own = trait.allowEmpty === true ? [`--${path}`] : [];
    const fields = Object.entries<z.core.$ZodType>(inner.shape);
    const below = fields.flatMap(([name, field]) =>
      optionLines(field, path === '' ? name : `${path}.${name}`),
    );
    return [...own, ...below];
  }
  if (inner instanceof z.ZodRecord) return optionLines(inner.valueType, `${path}.<name>`);
  return [`--${path}=${kindOf(inner, trait.text === 'duration')}`];
}

function kindOf(schema: z.core.$ZodType, isDuration: boolean): string {
  if (isDuration) return 'DURATION';
  if (schema instanceof z.ZodBoolean) return 'true|false';
  if (schema instanceof z.ZodNumber) return 'NUMBER';
  if (schema instanceof z.ZodEnum) return schema.options.join('|');
  return schema instanceof z.ZodArray ? 'A,B,…' : 'TEXT';
}
