/**
 * What the set `uring` of the workload `evasion` does, in its order. Before Linux 6.9 it ends where it would truncate a file
 * that is open.
 */
export const URING_CHANGES: readonly string[] = [
  "create ~/made",
  "write ~/made",
  "truncate ~/made",
  "read ~/secret.pem x3",
  "create ~/secret.pem",
  "create ~/direct",
  "rename ~/renamed < ~/made",
  "link ~/linked < ~/renamed",
  "create ~/symbolic < ~/renamed",
  "create ~/folder",
  "unlink ~/folder",
  "unlink ~/linked",
  "write ~/renamed",
  "truncate ~/renamed",
  "rename ~/direct < ~/renamed",
  "rename ~/renamed < ~/direct",
  "chmod ~/direct x2",
  "link ~/by-descriptor < ~/direct",
  "create ~/socket",
];

export const URING_CHANGES_BEFORE_6_9 = URING_CHANGES.slice(0, URING_CHANGES.indexOf("truncate ~/renamed"));
