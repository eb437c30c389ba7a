import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { type Language, toCode } from './code.ts';
import { type PlaygroundRequest, toBody } from './playground-request.ts';

const run = promisify(execFile);
const missing = (program: string, ...args: string[]): string | false =>
  spawnSync(program, args).status === 0 ? false : `there is no ${program} here`;

const hostile = `It's "quoted" $HOME \`id\` \\n \u2028 <b> %s 日本語 🙂
second line`;
const request: PlaygroundRequest = {
  models: ['demo-chat'],
  system: "Don't say \\ or '",
  prompt: hostile,
  parameters: {
    temperature: 0.5,
    top_p: null,
    max_completion_tokens: 20,
    seed: null,
    frequency_penalty: null,
    presence_penalty: 0,
  },
  stop: 'END\n"',
  schema: '{"type":"object","properties":{"true-name":{"type":"string"},"ok":{"const":true},"no":{"const":null}}}',
  tools: '',
};

/** A server that keeps what it was asked. */
let origin: string;
interface Asked {
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly body: Record<string, unknown>;
}
let asked: Asked | null = null;
/** Assigned while others wait, which narrowing does not see. */
const lastAsked = (): Asked | null => asked;
const server = createServer((incoming, reply) => {
  let text = '';
  incoming.setEncoding('utf8').on('data', (part: string) => (text += part));
  incoming.on('end', () => {
    asked = { headers: incoming.headers, body: JSON.parse(text) as Record<string, unknown> };
    const choice = { index: 0, finish_reason: 'stop', delta: { content: 'fine' }, message: { role: 'assistant' } };
    const answer = JSON.stringify({ id: 'x', object: 'chat.completion', created: 1, model: 'm', choices: [choice] });
    const streams = asked.body['stream'] === true;
    reply.writeHead(200, { 'content-type': streams ? 'text/event-stream' : 'application/json' });
    reply.end(streams ? `data: ${answer}\n\ndata: [DONE]\n\n` : answer);
  });
});
before(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
after(() => server.close());

async function check(language: Language, program: string, args: (code: string) => string[]): Promise<void> {
  const tools = [{ type: 'function', function: { name: 'f', parameters: { type: 'object', properties: {} } } }];
  for (const wanted of [request, { ...request, schema: '', tools: JSON.stringify(tools) }]) {
    asked = null;
    const body = toBody(wanted, 'demo-chat');
    const code = toCode(language, origin, body);
    assert.ok(!code.includes('kmk_'));
    const { stdout } = await run(program, args(code), { env: { ...process.env, KUMIKI_API_KEY: 'kmk_test' } });
    assert.notEqual(stdout.trim(), '');
    const { stream: _, ...sent } = lastAsked()?.body ?? {};
    assert.deepEqual(sent, body);
    assert.equal(lastAsked()?.headers['authorization'], 'Bearer kmk_test');
  }
}

test('the curl command sends what was typed, whatever it is', { skip: missing('curl', '--version') }, () =>
  check('curl', 'sh', (code) => ['-c', code]),
);

test('the TypeScript program runs as it is with the official SDK', () =>
  check('typescript', process.execPath, (code) => ['--input-type=module-typescript', '-e', code]));

test(
  'the Python program runs as it is with the official SDK',
  { skip: missing('python3', '-c', 'import openai') },
  () => check('python', 'python3', (code) => ['-c', code]),
);

test('the Python program is Python', { skip: missing('python3', '--version') }, async () => {
  const code = toCode('python', 'http://localhost', toBody(request, 'demo-chat'));
  await run('python3', ['-c', 'import ast, sys; ast.parse(sys.argv[1])', code]);
  const script = `
import ast, json, sys
call = next(node for node in ast.walk(ast.parse(sys.argv[1])) if isinstance(node, ast.Call) and node.keywords and node.keywords[0].arg == "model")
print(json.dumps({word.arg: ast.literal_eval(word.value) for word in call.keywords}))`;
  const { stdout } = await run('python3', ['-c', script, code]);
  assert.deepEqual(JSON.parse(stdout), { ...toBody(request, 'demo-chat'), stream: true });
});
