/** Limits of reading a manifest. A file that exceeds one is refused before or during parsing. */
export const manifestLimits = {
  /** Bytes of one file. etcd, which stores such objects in a cluster, allows 1.5 MiB per object. */
  bytes: 1_048_576,
  /** Documents of one file, separated by `---`. */
  documents: 256,
  /** Nodes that the aliases of one document may expand to, so that ten lines cannot expand to a billion nodes. */
  aliasedNodes: 100,
  /** Levels of nesting of a document. The deepest field of a ModelService lies at level 5. */
  depth: 64,
  /** Problems reported of one file. A file with more has a common cause, which these show. */
  problems: 100,
} as const;
