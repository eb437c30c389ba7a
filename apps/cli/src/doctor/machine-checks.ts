import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { formatBytes } from '../terminal/format.ts';
import { fail, type Finding, ok, warn } from './finding.ts';

const leastNodeMajor = 24;
const mebibyte = 1_048_576;
/** The two demo models with three workers. */
const demoMemoryBytes = 700 * mebibyte;
const scarceMemoryBytes = 2_048 * mebibyte;

export function checkNode(): Finding {
  const { node } = process.versions;
  if (Number(node.split('.')[0]) >= leastNodeMajor) return ok('node', `Node ${node}`);
  return fail('node', `Node ${node}`, `Kumiki needs Node ${leastNodeMajor}: run 'npm ci' in its folder.`);
}

export function checkProcessor(): Finding {
  const cores = availableParallelism();
  const found = `${cores} ${cores === 1 ? 'core' : 'cores'}, ${process.arch}`;
  if (process.platform === 'linux' && process.arch === 'x64') {
    const flags = /^flags[ \t]*:(.*)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[1]?.split(' ') ?? [];
    if (!flags.includes('avx2')) {
      return warn(
        'processor',
        `${found}, no AVX2`,
        'Models run several times slower without AVX2; take a newer machine.',
      );
    }
    if (cores >= 2) return ok('processor', `${found}, AVX2${flags.includes('avx512f') ? ' and AVX-512' : ''}`);
  }
  if (cores >= 2) return ok('processor', found);
  return warn('processor', found, 'Gateway and workers share one core: answers will be slow. Two are better.');
}

export function checkMemory(): Finding {
  const free = process.availableMemory();
  const found = `${formatBytes(free)} free`;
  if (free < demoMemoryBytes) {
    return fail(
      'memory',
      found,
      `The demo models need ${formatBytes(demoMemoryBytes)}: close other programs or take a larger machine.`,
    );
  }
  if (free < scarceMemoryBytes)
    return warn('memory', found, 'Enough for the demo models; a model of your own may not fit.');
  return ok('memory', found);
}

const gpuToolTimeoutMs = 3_000;

/** The available GPU. The shipped engine runs on the CPU; a GPU is used through a separate model server. */
export async function checkGpu(): Promise<Finding> {
  const names = await nvidiaNames();
  if (names !== null) {
    return ok(
      'gpu',
      `${names}; the built-in engine runs on the CPU. For the GPU run vLLM or llama-server and name its URL as spec.model.source`,
    );
  }
  if (existsSync('/dev/kfd')) {
    return ok(
      'gpu',
      'an AMD GPU; the built-in engine runs on the CPU. For the GPU run vLLM or llama-server and name its URL as spec.model.source',
    );
  }
  if (existsSync('/dev/nvidia0')) {
    return warn(
      'gpu',
      'an NVIDIA GPU whose driver does not answer',
      "Install or repair the driver until 'nvidia-smi' shows the GPU.",
    );
  }
  return ok('gpu', 'none; models run on the CPU');
}

function nvidiaNames(): Promise<string | null> {
  return new Promise((resolve) => {
    const args = ['--query-gpu=name,memory.total', '--format=csv,noheader'];
    execFile('nvidia-smi', args, { timeout: gpuToolTimeoutMs }, (error, stdout) => {
      const names = stdout.trim().split('\n').join('; ');
      resolve(error !== null || names === '' ? null : names);
    });
  });
}
