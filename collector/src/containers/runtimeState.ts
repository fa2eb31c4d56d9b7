// What container runtimes keep on disk of their containers: name, image, command. Their daemons are never asked. The
// files of Docker and of a rootful podman are root's; those of a rootless one are its user's own, who can write what they
// like there.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { TokenBucket } from "../hook/tokenBucket.ts";
import type { NamedContainer } from "./cgroupName.ts";
import { dataRootOf, storageOf } from "./monitors.ts";
import { readSmallFile } from "./smallFile.ts";

const LIMITS = {
  fileBytes: 4 << 20,
  /** Places that Docker keeps its data in. */
  dockerFolders: 8,
  podmanFolders: 16,
  /** Containers that are looked up a second, and at once: names of control groups cost nothing to make. */
  rate: 20,
  burst: 100,
  argument: 4096,
  arguments: 256,
} as const;

export interface ContainerState {
  readonly runtime: string;
  readonly name: string | undefined;
  readonly image: string | undefined;
  /** The first program and its arguments, where the runtime says. */
  readonly command: readonly string[] | undefined;
  readonly labels: ReadonlyMap<string, string>;
}

type Json = Readonly<Record<string, unknown>>;
const objectOf = (value: unknown): Json =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : {};
const textOf = (value: unknown): string | undefined => (typeof value === "string" && value !== "" ? value : undefined);

const parse = (text: string | undefined): unknown => {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined; // It is just being written, or is no such file at all.
  }
};

const commandOf = (path: unknown, args: unknown): readonly string[] | undefined => {
  const list: readonly unknown[] = Array.isArray(args) ? args : [];
  if (typeof path !== "string" || list.length > LIMITS.arguments) return undefined;
  const words = [path, ...list].map((word) => (typeof word === "string" ? word : ""));
  return words.some((word) => word.length > LIMITS.argument) ? undefined : words;
};

/** The text of Docker's `containers/ID/config.v2.json`; undefined where it is not of this container. */
export const parseDockerState = (text: string | undefined, id: string): ContainerState | undefined => {
  const state = objectOf(parse(text));
  if (state["ID"] !== id) return undefined;
  const config = objectOf(state["Config"]);
  const labels = Object.entries(objectOf(config["Labels"])).flatMap(([key, value]): [string, string][] =>
    typeof value === "string" ? [[key, value]] : [],
  );
  return {
    runtime: "docker",
    name: textOf(state["Name"])?.replace(/^\//, ""),
    image: textOf(config["Image"]),
    command: commandOf(state["Path"], state["Args"]),
    labels: new Map(labels),
  };
};

/** The text of podman's `overlay-containers/containers.json`, which lists them all. */
export const parsePodmanState = (text: string | undefined, id: string): ContainerState | undefined => {
  const list = parse(text);
  if (!Array.isArray(list)) return undefined;
  const entry = list.map(objectOf).find((candidate) => candidate["id"] === id);
  if (entry === undefined) return undefined;
  const names: unknown = entry["names"];
  const more = objectOf(parse(textOf(entry["metadata"])));
  return {
    runtime: "podman",
    name: textOf(Array.isArray(names) ? names[0] : undefined) ?? textOf(more["name"]),
    image: textOf(more["image-name"]),
    command: undefined,
    labels: new Map(),
  };
};

const ROOTFUL = ["overlay", "vfs", "btrfs", "zfs"].map((driver) => `/var/lib/containers/storage/${driver}-containers`);

/** The folder that Docker was configured to keep its data in. */
const configuredFolder = (): string | undefined =>
  textOf(objectOf(parse(readSmallFile("/etc/docker/daemon.json", LIMITS.fileBytes, 0)))["data-root"]);

/** Folders of this machine in which names and images of containers are looked for. */
export const runtimeFolders = (): string[] => {
  const configured = configuredFolder();
  const all = ["/var/lib/docker", ...(configured === undefined ? [] : [configured]), ...ROOTFUL];
  return [...new Set(all)].filter((path) => existsSync(path));
};

export class RuntimeState {
  readonly #dockerFolders = new Set(["/var/lib/docker"]);
  /** Folders with podman's `containers.json`, and whose they must be. */
  readonly #podmanFolders: { readonly path: string; readonly owner: number }[] = [];
  readonly #clock: () => number;
  readonly #lookups = new TokenBucket(LIMITS.rate, LIMITS.burst);

  /** `clock` gives milliseconds and never goes back. */
  constructor(clock: () => number) {
    this.#clock = clock;
    this.#podmanFolders.push(...ROOTFUL.map((path) => ({ path, owner: 0 })));
    const folder = configuredFolder();
    if (folder !== undefined) this.#dockerFolders.add(folder);
  }

  /** A program has begun that may say where its runtime keeps its containers. */
  execed(exe: string, argv: readonly string[], uid: number): void {
    if (uid === 0 && exe.endsWith("/dockerd")) {
      const folder = dataRootOf(argv);
      if (folder !== undefined && this.#dockerFolders.size < LIMITS.dockerFolders) this.#dockerFolders.add(folder);
    } else if (exe.endsWith("/conmon")) {
      const path = storageOf(argv);
      if (path !== undefined) this.#addPodmanFolder(path, uid);
    }
  }

  /** What is on disk of a container; undefined where nothing is, or it is too often that one is asked for. */
  find(container: NamedContainer): ContainerState | undefined {
    const { id, runtime, uid } = container;
    if (!/^[0-9a-f]{64}$/.test(id) || !this.#lookups.take(this.#clock())) return undefined;
    const docker = runtime === "docker" || runtime === "";
    const podman = runtime === "podman" || runtime === "";
    return (docker ? this.#docker(id) : undefined) ?? (podman ? this.#podman(id, uid ?? 0) : undefined);
  }

  #addPodmanFolder(path: string, owner: number): void {
    if (this.#podmanFolders.some((known) => known.path === path && known.owner === owner)) return;
    // The newest ones: a user can start a program of that name as often as they like.
    if (this.#podmanFolders.length >= LIMITS.podmanFolders) this.#podmanFolders.splice(ROOTFUL.length, 1);
    this.#podmanFolders.push({ path, owner });
  }

  #docker(id: string): ContainerState | undefined {
    for (const folder of this.#dockerFolders) {
      const path = join(folder, "containers", id, "config.v2.json");
      const state = parseDockerState(readSmallFile(path, LIMITS.fileBytes, 0), id);
      if (state !== undefined) return state;
    }
    return undefined;
  }

  #podman(id: string, uid: number): ContainerState | undefined {
    for (const { path, owner } of this.#podmanFolders) {
      if (owner !== uid) continue;
      const state = parsePodmanState(readSmallFile(join(path, "containers.json"), LIMITS.fileBytes, owner), id);
      if (state !== undefined) return state;
    }
    return undefined;
  }
}
