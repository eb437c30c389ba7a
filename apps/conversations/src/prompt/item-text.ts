import type { ItemPart } from '@kumiki/api';
import { KumikiError } from '@kumiki/api';

/** The text of a message's or a tool output's parts. Throws KumikiError for an unsupported part. */
export function textOf(content: string | readonly ItemPart[], path: string): string {
  if (typeof content === 'string') return content;
  return content.map((part, index) => textOfPart(part, `${path}[${index}]`)).join('');
}

function textOfPart(part: ItemPart, path: string): string {
  switch (part.type) {
    case 'input_text':
    case 'output_text':
    case 'text':
      return part.text;
    case 'refusal':
      return part.refusal;
    case 'input_image':
    case 'input_audio':
      throw new KumikiError('unsupported_parameter', { param: path, reason: 'the models served here read text only' });
    case 'input_file':
      throw new KumikiError('unsupported_parameter', {
        param: path,
        reason: 'put the file into a vector store and use the tool file_search',
      });
  }
}
