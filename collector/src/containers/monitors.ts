// The programs that runtimes leave beside each of their containers, and the daemons above them, by their command lines.
import { basename, dirname } from "node:path";

/** A program that watches over one container; the container's first process is its child. */
export interface Monitor {
  /** What it says that its container is. */
  readonly id: string;
  /** Empty where it does not say. */
  readonly runtime: string;
}

/** The word behind `option`, or undefined. */
const valueOf = (argv: readonly string[], option: string): string | undefined => {
  const at = argv.indexOf(option, 1);
  return at < 0 ? undefined : argv[at + 1];
};

const ID = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,127}$/;

/** Podman's and CRI-O's conmon, containerd's (and so Docker's) shim; undefined for all other programs. */
export const monitorOf = (exe: string, argv: readonly string[]): Monitor | undefined => {
  const name = basename(exe);
  if (name !== "conmon" && !name.startsWith("containerd-shim")) return undefined;
  const id = valueOf(argv, name === "conmon" ? "-c" : "-id") ?? "";
  if (!ID.test(id)) return undefined;
  if (name === "conmon")
    return { id, runtime: basename(valueOf(argv, "--exit-command") ?? "") === "podman" ? "podman" : "" };
  return { id, runtime: valueOf(argv, "-namespace") === "moby" ? "docker" : "containerd" };
};

/** Where a conmon says that podman keeps its containers; undefined where it does not. */
export const storageOf = (argv: readonly string[]): string | undefined => {
  // FOLDER/overlay-containers/ID/userdata
  const containers = dirname(dirname(valueOf(argv, "-b") ?? ""));
  return /^\/.+\/[a-z]+-containers$/.test(containers) ? containers : undefined;
};

/** Where a Docker daemon was told to keep its data; undefined where it was not. */
export const dataRootOf = (argv: readonly string[]): string | undefined => {
  for (const [at, word] of argv.entries()) {
    const value =
      word === "--data-root" || word === "-g" || word === "--graph"
        ? argv[at + 1]
        : /^--(?:data-root|graph)=(.+)$/s.exec(word)?.[1];
    if (value?.startsWith("/")) return value;
  }
  return undefined;
};
