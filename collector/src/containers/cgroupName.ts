// Which container a control group is of, by the names that container runtimes give to theirs. A name proves nothing: who
// may make control groups (root, or a user that some were given to) may call one whatever they like.

export interface NamedContainer {
  /** As its runtime names it: 64 hex digits, or for a build what its builder uses. */
  readonly id: string;
  /** Empty where only a known one's state on disk can tell. */
  readonly runtime: string;
  /** The user whose session the group is below, where it is in one: of a rootless container. */
  readonly uid: number | undefined;
}

const HEX = "[0-9a-f]{64}";
/** systemd's scopes, and the same names without it. Their monitors (`libpod-conmon-…`, `crio-conmon-…`) are no containers. */
const PREFIXED: readonly (readonly [RegExp, string])[] = [
  [new RegExp(`^docker-(${HEX})(?:\\.scope)?$`), "docker"],
  [/^docker-([a-z0-9]{25})(?:\.scope)?$/, "buildkit"],
  [new RegExp(`^libpod-(${HEX})(?:\\.scope)?$`), "podman"],
  [new RegExp(`^crio-(${HEX})(?:\\.scope)?$`), "cri-o"],
  // Of a runtime that was told to use no systemd, and given systemd's way to name a group.
  [new RegExp(`^(?:[^/]*:)?cri-containerd[-:](${HEX})(?:\\.scope)?$`), "containerd"],
  [new RegExp(`^nerdctl-(${HEX})(?:\\.scope)?$`), "containerd"],
  [/^(?:crun-)?buildah-(buildah\d{1,20})(?:\.scope)?$/, "buildah"],
];
const BARE = new RegExp(`^${HEX}$`);

/** Whose containers have only their id as a name, by the group that they are in. */
const runtimeAbove = (parent: string): string => {
  if (parent === "docker") return "docker";
  return parent === "libpod_parent" ? "podman" : "";
};

const named = (name: string, parent: string): { readonly id: string; readonly runtime: string } | undefined => {
  for (const [pattern, runtime] of PREFIXED) {
    const id = pattern.exec(name)?.[1];
    if (id !== undefined) return { id, runtime };
  }
  if (BARE.test(name)) return { id: name, runtime: runtimeAbove(parent) };
  return parent === "buildkit" && /^[a-z0-9]{25}$/.test(name) ? { id: name, runtime: "buildkit" } : undefined;
};

/** The innermost container that the path of a control group (from the root of the tree) names, or undefined. */
export const containerOfCgroup = (path: string): NamedContainer | undefined => {
  const names = path.split("/");
  for (let at = names.length - 1; at > 0; at--) {
    const found = named(names[at] ?? "", names[at - 1] ?? "");
    if (found === undefined) continue;
    const uid = /\/user-(\d{1,10})\.slice\//.exec(path)?.[1];
    return { ...found, uid: uid === undefined ? undefined : Number(uid) };
  }
  return undefined;
};
