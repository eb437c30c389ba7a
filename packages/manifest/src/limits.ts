/** What a manifest may cost to read. A file beyond these is refused before it is parsed, or while it is. */
export const manifestLimits = {
  /** Of one file. etcd, where a cluster keeps such objects, takes 1.5 MiB per object. */
  bytes: 1_048_576,
  /** Documents of one file, separated by `---`. */
  documents: 256,
  /** Nodes that the aliases of one document may stand for, so that ten lines cannot become a billion. */
  aliasedNodes: 100,
  /** Levels of nesting of a document. The deepest field of a ModelService lies at level 5. */
  depth: 64,
  /** Problems reported of one file; a file with more has one cause, and it is among these. */
  problems: 100,
} as const;
