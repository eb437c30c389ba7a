import { open } from 'node:fs/promises';
import { basename } from 'node:path';

const magic = 'GGUF';
/** Magic, version, tensor count, metadata count. */
const leastBytes = 24;

/** Throws an Error whose one sentence says why the file cannot be a GGUF model. */
export async function checkGgufFile(modelPath: string): Promise<void> {
  const name = basename(modelPath);
  const file = await open(modelPath).catch((error: unknown) => {
    const code = (error as NodeJS.ErrnoException).code;
    throw new Error(`The model file ${name} ${code === 'ENOENT' ? 'does not exist' : `cannot be opened (${code})`}.`, {
      cause: error,
    });
  });
  try {
    const { size } = await file.stat();
    const head = Buffer.alloc(magic.length);
    if (size >= leastBytes) await file.read(head, 0, head.length, 0);
    if (head.toString('latin1') !== magic) throw new Error(`The model file ${name} is not a GGUF file.`);
  } finally {
    await file.close();
  }
}
