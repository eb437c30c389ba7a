import type { ChatBody } from './playground-request.ts';

/** Programs that ask the same. The key is never in them: it comes from the environment. */

export const languages = ['curl', 'typescript', 'python'] as const;
export type Language = (typeof languages)[number];

const keyName = 'KUMIKI_API_KEY';

/** @param origin of the product, without `/v1`. */
export function toCode(language: Language, origin: string, body: ChatBody): string {
  if (language === 'curl') return toCurl(origin, body);
  // What calls a function is not text that could be printed as it comes.
  const streams = body['tools'] === undefined;
  return language === 'typescript' ? toTypeScript(origin, body, streams) : toPython(origin, body, streams);
}

function toCurl(origin: string, body: ChatBody): string {
  // Within single quotes a shell changes nothing; a quote itself has to stand outside of them.
  const json = JSON.stringify(body, null, 2).replaceAll("'", String.raw`'\''`);
  return `curl '${origin}/v1/chat/completions' \\
  -H "Authorization: Bearer $${keyName}" \\
  -H 'Content-Type: application/json' \\
  -d '${json}'
`;
}

function toTypeScript(origin: string, body: ChatBody, streams: boolean): string {
  const literal = JSON.stringify(streams ? { ...body, stream: true } : body, null, 2).replaceAll(
    /^( *)"([A-Za-z_]\w*)": /gm,
    '$1$2: ',
  );
  const print = streams
    ? `for await (const chunk of answer) process.stdout.write(chunk.choices[0]?.delta.content ?? '');\n`
    : `console.log(JSON.stringify(answer.choices[0]?.message, null, 2));\n`;
  return `import OpenAI from 'openai';

const client = new OpenAI({ baseURL: '${origin}/v1', apiKey: process.env['${keyName}'] });

const answer = await client.chat.completions.create(${literal});
${print}`;
}

function toPython(origin: string, body: ChatBody, streams: boolean): string {
  const fields = Object.entries(streams ? { ...body, stream: true } : body);
  const lines = fields.map(([name, value]) => `    ${name}=${toLiteral(value, '    ')},\n`).join('');
  const print = streams
    ? `for chunk in answer:
    if chunk.choices:
        print(chunk.choices[0].delta.content or "", end="", flush=True)
`
    : `print(answer.choices[0].message.model_dump_json(indent=2))
`;
  return `import os

from openai import OpenAI

client = OpenAI(base_url="${origin}/v1", api_key=os.environ["${keyName}"])

answer = client.chat.completions.create(
${lines})
${print}`;
}

/** A JSON value as Python writes it. Strings are the same in both. */
function toLiteral(value: unknown, indent: string): string {
  const inner = `${indent}    `;
  const block = (open: string, parts: readonly string[], close: string): string =>
    parts.length === 0
      ? open + close
      : `${open}\n${parts.map((part) => `${inner}${part},\n`).join('')}${indent}${close}`;
  if (Array.isArray(value))
    return block(
      '[',
      value.map((item) => toLiteral(item, inner)),
      ']',
    );
  if (typeof value === 'object' && value !== null) {
    const parts = Object.entries(value).map(([key, part]) => `${JSON.stringify(key)}: ${toLiteral(part, inner)}`);
    return block('{', parts, '}');
  }
  if (value === null || value === undefined) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  return JSON.stringify(value);
}
