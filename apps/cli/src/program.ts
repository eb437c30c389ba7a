import { defaultSecretKey, maxRetentionDays } from '@kumiki/api';
import { Argument, Command, InvalidArgumentError, Option } from 'commander';
import type { CliHost } from './host/cli-host.ts';
import { readOrigin } from './host/read-origin.ts';
import { readVersion } from './host/version.ts';
import type { RunUpOptions } from './up/run-up.ts';

const examples = `
Examples:
  kumiki up                              start everything on this machine
  kumiki up -f shop.yaml                 the same, with your own models
  kumiki chat "What is a Pod?"           ask a model
  kumiki console                         a link that signs a browser in
  kumiki apply -f shop.yaml              change what runs, without an interruption
  kumiki status                          what runs, and how well`;

/** The commands and their options. Implementations are imported when called. */
export function createProgram(host: CliHost): Command {
  const program = new Command('kumiki')
    .description('Runs your own generative AI on this machine and keeps it up.')
    .version(readVersion(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'explain a command')
    .showHelpAfterError("Run 'kumiki --help' for the commands, 'kumiki <command> --help' for one of them.")
    .addHelpText('after', examples)
    .exitOverride();
  addUp(program, host);
  addObserving(program);
  addChanging(program);
  addKeys(program);
  addSecrets(program);
  addSessions(program);
  addEgress(program);
  addModels(program);
  addRetention(program);
  addLimits(program);
  addMachine(program);
  return program;
}

function addUp(program: Command, host: CliHost): void {
  program
    .command('up')
    .description('start the product on this machine and keep it running until Ctrl-C')
    .option('-f, --file <manifest...>', 'apply these manifests too; on a new state folder, instead of the demo models')
    .option('--port <number>', 'port of the API', wholeNumber(0, 65_535), 8_420)
    .option('--host <address>', 'address to listen on; 0.0.0.0 for all', '127.0.0.1')
    .option('--public-url <url>', 'how browsers reach it, for links: the proxy with TLS in front', origin)
    .option('--home <folder>', 'state folder (default: KUMIKI_HOME or ~/.kumiki)')
    .option('--json', 'print events as JSON lines, without keys and links')
    .action(async (options: RunUpOptions) => {
      const { runUp } = await import('./up/run-up.ts');
      await runUp(options, host);
    });
}

function addObserving(program: Command): void {
  connected(program.command('status').argument('[service]', 'only this one'))
    .description('show what runs, and how well')
    .addOption(new Option('-o, --output <format>', 'another format').choices(['json', 'yaml']))
    .action(async (service, options) => (await import('./commands/status.ts')).showStatus(service, options));
  connected(program.command('get').argument('[service]', 'only this one'))
    .description('print the manifests of what runs, as kumiki apply takes them')
    .action(async (service, options) => (await import('./commands/get.ts')).getManifests(service, options));
  connected(program.command('logs').argument('[name]', 'a service, a replica, or a data service; all when absent'))
    .description('print the logs of replicas and of the services beside them')
    .option('-n, --tail <lines>', 'how many of the last lines', wholeNumber(0, 10_000), 100)
    .option('--follow', 'go on with new lines as they come')
    .action(async (name, options) => (await import('./commands/logs.ts')).showLogs(name, options));
  connected(program.command('console'))
    .description('print a link that signs a browser in, once and within 15 minutes')
    .action(async (options) => (await import('./commands/console.ts')).printSignInLink(options));
  connected(program.command('chat').argument('[prompt...]', 'ask this and leave; a conversation when absent'))
    .description('talk with a model; Ctrl-C stops an answer, a second one leaves')
    .option('-m, --model <name>', 'which model; the first chat model when absent')
    .option('-s, --system <text>', 'what the model is told before all else')
    .option('-t, --temperature <number>', 'how much is left to chance, from 0 to 2', decimal(0, 2))
    .option('--max-tokens <number>', 'most tokens of an answer', wholeNumber(1, 1_000_000_000))
    .action(async (prompt, options) => (await import('./chat/run-chat.ts')).runChat(prompt, options));
}

function addChanging(program: Command): void {
  connected(program.command('apply'))
    .description('create or change services as manifests say; replicas are replaced without an interruption')
    .requiredOption('-f, --file <manifest...>', 'YAML or JSON files; - for standard input')
    .action(async (options) => (await import('./commands/change.ts')).applyManifests(options));
  connected(program.command('scale').argument('<service>').argument('<replicas>', 'how many', wholeNumber(0, 256)))
    .description('set the number of replicas of a service')
    .action(async (service, replicas, options) =>
      (await import('./commands/change.ts')).scaleService(service, replicas, options),
    );
  connected(program.command('restart').argument('<service>'))
    .description('replace every replica of a service, one after the other')
    .action(async (service, options) => (await import('./commands/change.ts')).restartService(service, options));
  connected(program.command('delete').argument('[service...]'))
    .description('stop services and forget them')
    .option('-f, --file <manifest...>', 'those that these manifests name')
    .action(async (services, options) => (await import('./commands/change.ts')).deleteServices(services, options));
}

function addKeys(program: Command): void {
  const key = program.command('key').description('make, list and revoke API keys').exitOverride();
  connected(key.command('create').argument('<name>', 'who or what the key is for'))
    .description('make a key; it is shown once')
    .addOption(new Option('--role <role...>', 'what it may do').choices(['inference', 'admin']).default(['inference']))
    .option('--model <name...>', 'only these models')
    .option('--project <name>', 'the project that it belongs to', 'default')
    .option('--requests-per-minute <number>', 'limit', wholeNumber(1, 1_000_000_000))
    .option('--tokens-per-minute <number>', 'limit', wholeNumber(1, 1_000_000_000))
    .option('--max-concurrent <number>', 'requests open at once', wholeNumber(1, 1_000_000_000))
    .option('--expires-in <duration>', 'such as 12h, 30d; never when absent')
    .action(async (name, options) => (await import('./commands/keys.ts')).createKey(name, options));
  connected(key.command('list'))
    .description('list the keys, without showing them')
    .action(async (options) => (await import('./commands/keys.ts')).listKeys(options));
  connected(key.command('revoke').argument('<id>', 'as kumiki key list shows it'))
    .description('make a key void at once')
    .option('--yes', 'also the key of this command or of this machine, without a question')
    .action(async (id, options) => (await import('./commands/keys.ts')).revokeKey(id, options));
}

function addSecrets(program: Command): void {
  const secret = program
    .command('secret')
    .description('register what manifests name as secrets, on this machine')
    .exitOverride();
  onMachine(secret.command('set').argument('<name>', 'as manifests name it'))
    .description('register a value, read from standard input; services that use it take it at once')
    .option('--key <key>', 'which value of the secret', defaultSecretKey)
    // A secret passed as an argument by mistake must not be repeated in the error.
    .allowExcessArguments()
    .action(async (name, options, { args }: Command) =>
      (await import('./commands/secrets.ts')).setSecret(name, { ...options, excess: args.length > 1 }),
    );
  onMachine(secret.command('list'))
    .description('list the secrets and who uses them, without showing them')
    .action(async (options) => (await import('./commands/secrets.ts')).listSecrets(options));
  onMachine(secret.command('delete').argument('<name>', 'as kumiki secret list shows it'))
    .description('forget a secret')
    .option('--key <key>', 'only this value of it')
    .option('--force', 'even when services use it; they stop serving')
    .action(async (name, options) => (await import('./commands/secrets.ts')).deleteSecret(name, options));
}

function addSessions(program: Command): void {
  const session = program.command('session').description('list and end the sessions of browsers').exitOverride();
  connected(session.command('list'))
    .description('list the browsers that are signed in: of your key, or of all keys where it has the role admin')
    .option('--key <id>', 'only those of this key')
    .action(async (options) => (await import('./commands/sessions.ts')).listSessions(options));
  connected(session.command('end').argument('[id...]', 'as kumiki session list shows them'))
    .description('sign browsers out at once; the links that they made are void too')
    .option('--all', 'all of your key, or of the one that --key names')
    .option('--key <id>', 'with --all: all of this key')
    .option('--yes', 'with --all: your own too, without a question')
    .action(async (ids, options) => (await import('./commands/sessions.ts')).endSessions(ids, options));
}

function addEgress(program: Command): void {
  const egress = program
    .command('egress')
    .description('which servers outside may be reached from this machine')
    .exitOverride();
  onMachine(egress.command('allow').argument('<server...>', 'host, address or range, with a port or without'))
    .description('let servers be reached that are not public: of this machine, or of its network')
    .action(async (servers, options) => (await import('./commands/egress.ts')).allowEgress(servers, options));
  onMachine(egress.command('remove').argument('<server...>', 'as kumiki egress list shows it'))
    .description('take servers from the list')
    .action(async (servers, options) => (await import('./commands/egress.ts')).removeEgress(servers, options));
  onMachine(egress.command('list'))
    .description('show what may be reached')
    .action(async (options) => (await import('./commands/egress.ts')).listEgress(options));
  onMachine(egress.command('mode').addArgument(new Argument('<mode>').choices(['public', 'listed'])))
    .description("'public' lets all public servers be reached, 'listed' none but those of the list")
    .action(async (mode, options) => (await import('./commands/egress.ts')).setEgressMode(mode, options));
}

function addModels(program: Command): void {
  const models = program
    .command('models')
    .description('which files of this machine may be read as models')
    .exitOverride();
  onMachine(models.command('allow').argument('<path...>', 'files and folders'))
    .description('let manifests name files, and all that lies in folders')
    .action(async (paths, options) => (await import('./commands/models.ts')).allowModels(paths, options));
  onMachine(models.command('remove').argument('<path...>', 'as kumiki models list shows them'))
    .description('take them from the list; what is loaded stays loaded')
    .action(async (paths, options) => (await import('./commands/models.ts')).removeModels(paths, options));
  onMachine(models.command('list'))
    .description('show what may be read')
    .action(async (options) => (await import('./commands/models.ts')).listModels(options));
}

function addRetention(program: Command): void {
  const retention = program.command('retention').description('how long a project keeps its data').exitOverride();
  connected(retention.command('get'))
    .description('show how long responses and conversations are kept')
    .option('--project <name>', 'whose', 'default')
    .action(async (options) => (await import('./commands/retention.ts')).showRetention(options));
  connected(retention.command('set'))
    .description('set it for what is stored from then on; what is there keeps the time that it was stored with')
    .option('--project <name>', 'whose', 'default')
    .option('--response-days <days>', "a number, or 'default' for the installation's", daysOr('default'))
    .option('--conversation-days <days>', "a number, or 'never' for until they are deleted", daysOr('never'))
    .action(async (options) => (await import('./commands/retention.ts')).setRetention(options));
}

function addLimits(program: Command): void {
  const limits = program.command('limits').description('how much a project may have').exitOverride();
  connected(limits.command('get'))
    .description('show the limits and what is used of them; without the role admin, your own')
    .option('--project <name>', 'whose; every project that has a key or limits of its own when absent')
    .action(async (options) => (await import('./commands/limits.ts')).showLimits(options));
  connected(limits.command('set').argument('<limit=value...>', "such as files=500 or file_bytes=10GiB, or '…=default'"))
    .description('set limits of a project; what it has already stays')
    .option('--project <name>', 'whose', 'default')
    .action(async (assignments, options) => (await import('./commands/limits.ts')).setLimits(assignments, options));
}

function addMachine(program: Command): void {
  program
    .command('down')
    .description('stop what runs on this machine, finishing the answers that have begun')
    .option('--home <folder>', 'state folder (default: KUMIKI_HOME or ~/.kumiki)')
    .option('--timeout <seconds>', 'how long to wait for its end', wholeNumber(1, 3_600), 60)
    .option('--force', 'end it at once, answers and all')
    .option('--json', 'print JSON')
    .action(async (options) => (await import('./commands/down.ts')).stopProduct(options));
  program
    .command('doctor')
    .description('check this machine and say what to do')
    .option('--port <number>', 'the port that the API shall have', wholeNumber(1, 65_535), 8_420)
    .option('--home <folder>', 'state folder (default: KUMIKI_HOME or ~/.kumiki)')
    .option('--json', 'print JSON')
    .action(async (options) => (await import('./doctor/run-doctor.ts')).runDoctor(options));
  program
    .command('version')
    .description('print the version of Kumiki and of what it stands on')
    .option('--json', 'print JSON')
    .action(async (options) => (await import('./commands/show-version.ts')).showVersion(options));
}

/** Adds the options of commands for the operator of this machine, which work on its state folder. */
function onMachine(command: Command): Command {
  return command
    .option('--home <folder>', 'state folder (default: KUMIKI_HOME or ~/.kumiki)')
    .option('--json', 'print JSON');
}

/** Adds the options of commands that call a running product. */
function connected(command: Command): Command {
  return command
    .option('--home <folder>', 'state folder of the product on this machine (default: KUMIKI_HOME or ~/.kumiki)')
    .option('--url <url>', 'a product elsewhere (default: KUMIKI_URL)')
    .option('--api-key <key>', 'key to it (default: KUMIKI_API_KEY, which the list of processes does not show)')
    .option('--json', 'print JSON');
}

function origin(text: string): string {
  const found = readOrigin(text);
  if (found !== null) return found;
  throw new InvalidArgumentError('It must be http:// or https://, a host, and nothing behind it.');
}

function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
  };
}

/** A number of days, or the given word. */
function daysOr<Word extends string>(word: Word): (text: string) => number | Word {
  return (text) => {
    const days = Number(text);
    if (text === word) return word;
    if (/^\d+$/.test(text) && days >= 1 && days <= maxRetentionDays) return days;
    throw new InvalidArgumentError(`It must be '${word}' or a whole number from 1 to ${maxRetentionDays}.`);
  };
}

function decimal(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+(\.\d+)?$/.test(text) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`It must be a number from ${least} to ${most}.`);
  };
}
