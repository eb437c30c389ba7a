/** Runs a command in the network that is filtered. */
type Run = (command: string, ...args: readonly string[]) => Promise<string>;

/** Of the rig's own rules, which stand before those of kube-proxy and kube-router. */
const table = ['-w', '-t', 'raw'];
const chain = 'KUMIKI-RIG';

export async function dropFrom(run: Run, address: string): Promise<void> {
  await ensureChain(run);
  await run('iptables', ...table, '-A', chain, '-s', address, '-j', 'DROP');
}

export async function dropShare(run: Run, share: number): Promise<void> {
  if (!(share > 0 && share <= 1)) throw new RangeError(`a share of packets is above 0 and at most 1, not ${share}`);
  await ensureChain(run);
  const chance = ['-m', 'statistic', '--mode', 'random', '--probability', String(share)];
  await run('iptables', ...table, '-A', chain, '-i', 'eth0', ...chance, '-j', 'DROP');
}

export async function passAll(run: Run): Promise<void> {
  await ensureChain(run);
  await run('iptables', ...table, '-F', chain);
}

async function ensureChain(run: Run): Promise<void> {
  const rules = await run('iptables', ...table, '-S', 'PREROUTING');
  if (rules.includes(chain)) return;
  await run('iptables', ...table, '-N', chain);
  await run('iptables', ...table, '-I', 'PREROUTING', '-j', chain);
}
