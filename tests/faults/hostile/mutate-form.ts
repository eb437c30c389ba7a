import { hostileTexts } from './hostile-values.ts';
import { damage } from './mutate-body.ts';

export interface MutatedForm {
  readonly contentType: string;
  readonly body: Buffer;
}

const names = ['file', 'purpose', 'expires_after[anchor]', 'expires_after[seconds]', 'x', ''] as const;
const purposes = ['assistants', 'batch', 'user_data', 'none', ''] as const;
const fileNames = ['a.txt', 'a.md', 'a.json', 'a.jsonl', 'a.html', 'a.csv', 'a.pdf', 'a.docx', '', '../a'] as const;
const contents = [
  'A text. Another sentence.',
  '# Title\n\n| a | b |\n|---|---|\n| 1 | 2 |\n',
  '{"custom_id":"1","method":"POST","url":"/v1/chat/completions","body":{"model":"paced","messages":[]}}\n',
  '<html><body><p>a<p>b</html>',
  '%PDF-1.4\n1 0 obj\n<<>>\nendobj\n',
  'PK\u0003\u0004',
  '',
  '\u0000\u0001\u0002',
] as const;

/** An upload with mutations in its parts, their headers or its bytes. */
export function mutateForm(random: () => number): MutatedForm {
  const one = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)] as Item;
  const boundary = random() < 0.05 ? one(['', ' ', 'a'.repeat(80), '"', '--']) : 'kumiki-fuzz';
  const part = (head: string, content: string): string => `--${boundary}\r\n${head}\r\n\r\n${content}\r\n`;
  const field = (name: string, value: string): string =>
    part(`content-disposition: form-data; name="${name}"`, value.toWellFormed());
  const fileName = random() < 0.2 ? one(hostileTexts).replace(/[\r\n"]/g, '') : one(fileNames);
  const file = part(
    `content-disposition: form-data; name="file"; filename="${fileName.toWellFormed()}"\r\ncontent-type: text/plain`,
    one(contents),
  );
  let parts = [field('purpose', one(purposes)), file];
  if (random() < 0.2) parts.push(field(one(names), one(hostileTexts)));
  if (random() < 0.1) parts = [...parts, ...parts];
  if (random() < 0.1) parts.splice(Math.floor(random() * parts.length), 1);
  if (random() < 0.2) parts.reverse();
  const body = Buffer.from(`${parts.join('')}--${boundary}${random() < 0.9 ? '--' : ''}\r\n`);
  const contentType = `multipart/form-data; boundary=${random() < 0.95 ? boundary : 'another'}`;
  return { contentType, body: random() < 0.2 ? damage(body, random) : body };
}
