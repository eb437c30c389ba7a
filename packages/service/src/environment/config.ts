/** Variables that child processes inherit: what programs and GPU drivers need, and nothing that may be secret. */
const inherited = [
  'PATH',
  'HOME',
  'USERPROFILE',
  'SYSTEMROOT',
  'TMPDIR',
  'TEMP',
  'TMP',
  'LANG',
  'LC_ALL',
  'TZ',
  'LD_LIBRARY_PATH',
  'DYLD_LIBRARY_PATH',
  'CUDA_VISIBLE_DEVICES',
  'HIP_VISIBLE_DEVICES',
  'NODE_EXTRA_CA_CERTS',
  'NODE_COMPILE_CACHE',
] as const;

export function inheritedEnvironment(): Record<string, string> {
  const result: Record<string, string> = {};
  for (const name of inherited) {
    const value = process.env[name];
    if (value !== undefined) result[name] = value;
  }
  return result;
}

/** The folder of Node's compile cache, for a thread or process that gets nothing else of this environment. */
export function compileCacheEnvironment(): Record<string, string> {
  const folder = process.env['NODE_COMPILE_CACHE'];
  return folder === undefined ? {} : { NODE_COMPILE_CACHE: folder };
}
