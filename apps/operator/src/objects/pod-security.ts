/** What the Pod Security Standard `restricted` demands, and a root file system that nobody writes. */
export const containerSecurity = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ['ALL'] },
};

/** The user of our image: nobody's number on any usual machine. */
export const workerUser = 65_532;

export function podSecurity(user: number): object {
  return {
    runAsNonRoot: true,
    runAsUser: user,
    runAsGroup: user,
    fsGroup: user,
    // A volume with many files is not walked at every start.
    fsGroupChangePolicy: 'OnRootMismatch',
    seccompProfile: { type: 'RuntimeDefault' },
  };
}
