export { accountsFolder } from './folder/accounts-folder.ts';
export type { AdminKey } from './keys/key-ring.ts';
export { openAccounts } from './open-accounts.ts';
export { writeSnapshots } from './publish-snapshots.ts';
