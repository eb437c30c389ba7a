import { readLoadConfig } from './config.ts';
import { loadFile } from './load-file.ts';

const config = readLoadConfig();
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const loaded = await loadFile({
  url: config.KUMIKI_LOAD_URL,
  digest: config.KUMIKI_LOAD_DIGEST,
  file: config.KUMIKI_LOAD_FILE,
  say,
});
say(loaded.ok ? `loaded ${loaded.bytes} bytes` : `not loaded: ${loaded.reason}`);
process.exit(loaded.ok ? 0 : 1);
