import { getLlama, type Llama, LlamaLogLevel } from 'node-llama-cpp';

/** Lines of the native log that are kept to explain a failure. */
const logLinesLimit = 50;

export interface LlamaLibrary {
  readonly llama: Llama;
  /** The newest error lines of the native log, the oldest first. */
  readonly complaints: string[];
}

/** One per process and kind of device: the addon under it is one for the whole process, its log as well. */
const libraries = new Map<boolean, Promise<LlamaLibrary>>();

/** Finds the ready-made binary among the installed packages; never compiles or downloads one. Nothing is printed. */
export function llamaLibrary(gpu: boolean): Promise<LlamaLibrary> {
  const known = libraries.get(gpu);
  if (known !== undefined) return known;
  const library = start(gpu);
  libraries.set(gpu, library);
  return library;
}

async function start(gpu: boolean): Promise<LlamaLibrary> {
  const complaints: string[] = [];
  const llama = await getLlama({
    build: 'never',
    skipDownload: true,
    progressLogs: false,
    gpu: gpu ? 'auto' : false,
    maxThreads: 0,
    logLevel: LlamaLogLevel.error,
    logger: (_, message) => {
      complaints.push(message.trim());
      if (complaints.length > logLinesLimit) complaints.shift();
    },
  });
  return { llama, complaints };
}
