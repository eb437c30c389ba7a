import { homePaths } from '@kumiki/local';
import { CliError } from '../host/cli-error.ts';
import { readCliConfig } from '../host/config.ts';
import { colors, print, printJson } from '../terminal/print.ts';
import { checkDatabase } from './database-check.ts';
import type { Finding } from './finding.ts';
import { checkDisk, checkEngine, checkHome, checkRunning } from './installation-checks.ts';
import { checkGpu, checkMemory, checkNode, checkProcessor } from './machine-checks.ts';

interface DoctorFlags {
  readonly home?: string;
  readonly port: number;
  readonly json?: boolean;
}

const marks = { ok: colors.green('✓'), warn: colors.yellow('!'), fail: colors.red('✗') } as const;

/** Runs every check and prints what to do. Throws CliError when one failed, for scripts. */
export async function runDoctor(flags: DoctorFlags): Promise<void> {
  const config = readCliConfig();
  const home = flags.home ?? config.home;
  const findings: Finding[] = [
    checkNode(),
    checkProcessor(),
    checkMemory(),
    checkDisk(home),
    checkHome(home),
    ...(await checkRunning(home, flags.port)),
    await checkGpu(),
    await checkEngine(),
    await checkDatabase(config.postgresUrl, homePaths(home).data),
  ];
  if (flags.json === true) printJson({ checks: findings });
  else for (const finding of findings) printFinding(finding);
  const failed = findings.filter(({ state }) => state === 'fail').length;
  if (failed > 0)
    throw new CliError(`${failed} ${failed === 1 ? 'check' : 'checks'} failed. The remedy is shown beside each.`);
}

function printFinding({ check, state, found, remedy }: Finding): void {
  print(`${marks[state]} ${check}: ${found}`);
  if (remedy !== null) print(`    ${remedy}`);
}
