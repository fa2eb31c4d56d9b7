// What a client asks a daemon to start, by the client's command line: `docker run` and its like, `systemd-run`. A command
// line is a claim: nothing here proves that the daemon was asked at all.
import { basename } from "node:path";

export type Request =
  /** A new container. */
  | {
      readonly kind: "run";
      readonly name: string | undefined;
      readonly cidfile: string | undefined;
      readonly image: string;
      readonly command: readonly string[];
    }
  /** One more program in a container. */
  | { readonly kind: "exec"; readonly container: string; readonly command: readonly string[] }
  /** Containers that are there and do not run. */
  | { readonly kind: "start"; readonly containers: readonly string[] }
  | { readonly kind: "build" }
  /** Containers that a file lists; the folder of it, or the name of the project, as far as they are named. */
  | { readonly kind: "compose"; readonly folder: string | undefined; readonly project: string | undefined }
  /** A unit of systemd; without a name where systemd makes one up. */
  | { readonly kind: "unit"; readonly unit: string | undefined; readonly command: readonly string[] };

/** Options that take no value; all others do. Single letters can stand together. */
interface Grammar {
  readonly flags: ReadonlySet<string>;
  readonly letters: string;
}
const grammar = (letters: string, flags: string): Grammar => ({ letters, flags: new Set(flags.split(" ")) });

const GLOBAL = grammar("Dvr", "debug tls tlsverify version help remote");
const RUN = grammar(
  "ditPq",
  "detach init interactive tty rm privileged read-only publish-all no-healthcheck oom-kill-disable sig-proxy " +
    "disable-content-trust quiet replace no-hosts rmi use-api-socket help",
);
const EXEC = grammar("dit", "detach interactive tty privileged help");
const START = grammar("ai", "attach interactive help");
const COMPOSE = grammar("", "all-resources compatibility dry-run verbose no-ansi version help");
const UNIT = grammar(
  "rdtPqGSv",
  "user system scope remain-after-exit send-sighup same-dir pty pty-late pipe quiet collect shell no-block wait " +
    "no-ask-password slice-inherit ignore-failure no-pager help version verbose",
);

interface Parsed {
  /** By their long names, or their letter; the last value counts. */
  readonly values: ReadonlyMap<string, string>;
  readonly flags: ReadonlySet<string>;
  /** From the first word that is no option on. */
  readonly rest: readonly string[];
}

const parseOptions = (words: readonly string[], { flags, letters }: Grammar): Parsed => {
  const values = new Map<string, string>();
  const found = new Set<string>();
  let at = 0;
  for (; at < words.length; at++) {
    const word = words[at] ?? "";
    if (word === "--") return { values, flags: found, rest: words.slice(at + 1) };
    if (!word.startsWith("-") || word === "-") break;
    if (word.startsWith("--")) {
      const sign = word.indexOf("=");
      const name = word.slice(2, sign < 0 ? undefined : sign);
      if (flags.has(name)) found.add(name);
      else values.set(name, sign < 0 ? (words[++at] ?? "") : word.slice(sign + 1));
      continue;
    }
    for (let letter = 1; letter < word.length; letter++) {
      const name = word[letter] ?? "";
      found.add(name);
      if (letters.includes(name)) continue;
      const value = word.slice(letter + 1).replace(/^=/, "");
      values.set(name, value === "" ? (words[++at] ?? "") : value);
      break;
    }
  }
  return { values, flags: found, rest: words.slice(at) };
};

const CLIENTS = new Set(["docker", "nerdctl", "podman", "podman-remote", "docker-compose", "docker-buildx"]);
/** Words that only say which kind of thing the next one is about. */
const GROUPS = new Set(["container", "image", "builder", "buildx"]);

const composed = (words: readonly string[]): Request | undefined => {
  const { values, rest } = parseOptions(words, COMPOSE);
  if (!["up", "run", "start", "create", "restart", "watch"].includes(rest[0] ?? "")) return undefined;
  return {
    kind: "compose",
    folder: values.get("project-directory"),
    project: values.get("project-name") ?? values.get("p"),
  };
};

const contained = (words: readonly string[]): Request | undefined => {
  let { rest } = parseOptions(words, GLOBAL);
  if (GROUPS.has(rest[0] ?? "")) ({ rest } = parseOptions(rest.slice(1), GLOBAL));
  const [verb, ...more] = rest;
  switch (verb) {
    case "run":
    case "create": {
      const parsed = parseOptions(more, RUN);
      const [image, ...command] = parsed.rest;
      if (image === undefined) return undefined;
      return { kind: "run", name: parsed.values.get("name"), cidfile: parsed.values.get("cidfile"), image, command };
    }
    case "exec": {
      const [container, ...command] = parseOptions(more, EXEC).rest;
      return container === undefined || command.length === 0 ? undefined : { kind: "exec", container, command };
    }
    case "start":
    case "restart": {
      const containers = parseOptions(more, START).rest;
      return containers.length === 0 ? undefined : { kind: "start", containers };
    }
    case "build":
    case "bake":
      return { kind: "build" };
    case "compose":
      return composed(more);
    default:
      return undefined;
  }
};

/** What the process asks others to do for it; undefined where it does it itself, or is no client. */
export const requestOf = (exe: string, argv: readonly string[]): Request | undefined => {
  const program = basename(exe);
  const words = argv.slice(1);
  if (program === "systemd-run") {
    const { values, flags, rest } = parseOptions(words, UNIT);
    // With --scope it becomes the command itself.
    if (flags.has("scope") || (rest.length === 0 && !flags.has("S") && !flags.has("shell"))) return undefined;
    const unit = values.get("unit") ?? values.get("u");
    return { kind: "unit", unit: unit === undefined || unit.includes(".") ? unit : `${unit}.service`, command: rest };
  }
  if (!CLIENTS.has(program)) return undefined;
  if (program === "docker-compose") return composed(words[0] === "compose" ? words.slice(1) : words);
  // Podman starts its containers itself, unless it is told to ask a service of its own.
  if (program === "podman" && !words.some((word) => /^(?:--remote|-r|--url|--connection|-c|--host)\b/.test(word)))
    return undefined;
  return contained(words);
};
