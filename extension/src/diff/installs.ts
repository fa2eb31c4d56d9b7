// Which packages a command installs, and by which file.
import { flagValue, plainWords, programCall, type ProgramCall } from "./programCall.ts";
import type { Ecosystem } from "./packageNames.ts";

export interface Install {
  readonly ecosystem: Ecosystem;
  /** As the command names them, without version; empty where it takes all that a manifest names. */
  readonly names: readonly string[];
  /** Manifests that it names, relative to where it runs. */
  readonly files: readonly string[];
  /** Manifests that it reads without being told. */
  readonly manifests: readonly string[];
  /** Directory, relative to where it runs, that it works in instead. */
  readonly directory: string;
}

interface Installer {
  readonly programs: RegExp;
  readonly verbs: RegExp;
  readonly ecosystem: Ecosystem;
  readonly manifests: readonly string[];
  /** Cuts a version off. */
  readonly name: RegExp;
  readonly fileFlags?: readonly string[];
  readonly directoryFlags?: readonly string[];
}

const PYTHON_NAME = /^([A-Za-z0-9][\w.-]*?)(?:\[.*)?(?:[=<>!~;@].*)?$/;

const INSTALLERS: readonly Installer[] = [
  {
    programs: /^(?:pip|pipx|uv|poetry|pipenv|pdm)$/,
    verbs: /^(?:install|add|sync|download|wheel)$/,
    ecosystem: "pypi",
    manifests: ["pyproject.toml", "requirements.txt", "setup.py", "Pipfile"],
    name: PYTHON_NAME,
    fileFlags: ["-r", "--requirement", "-c", "--constraint"],
  },
  {
    programs: /^(?:npm|pnpm|yarn|bun)$/,
    verbs: /^(?:install|i|in|add|ci|update|up|clean-install|install-clean)$/,
    ecosystem: "npm",
    manifests: ["package.json", "package-lock.json", "yarn.lock", "pnpm-lock.yaml"],
    name: /^((?:@[\w.-]+\/)?[\w.-]+?)(?:@.*)?$/,
    directoryFlags: ["--prefix", "-C", "--dir", "-w", "--workspace", "--cwd"],
  },
  {
    programs: /^go$/,
    verbs: /^(?:get|install)$/,
    ecosystem: "go",
    manifests: ["go.mod", "go.sum"],
    name: /^([\w.-]+\.[a-z]+\/[^@]+)(?:@.*)?$/,
  },
  {
    programs: /^cargo$/,
    verbs: /^(?:add|build|fetch|install|check|test|run|update)$/,
    ecosystem: "cargo",
    manifests: ["Cargo.toml", "Cargo.lock"],
    name: /^([A-Za-z][\w-]*)(?:@.*)?$/,
    directoryFlags: ["--manifest-path"],
  },
  {
    programs: /^(?:bundle|bundler)$/,
    verbs: /^(?:install|add|update)$/,
    ecosystem: "gem",
    manifests: ["Gemfile", "Gemfile.lock"],
    name: /^([\w.-]+)$/,
  },
  { programs: /^gem$/, verbs: /^install$/, ecosystem: "gem", manifests: ["Gemfile"], name: /^([\w.-]+)(?::.*)?$/ },
  {
    programs: /^dotnet$/,
    verbs: /^(?:add|restore|build)$/,
    ecosystem: "nuget",
    manifests: [],
    name: /^([A-Za-z][\w.-]+)$/,
  },
  {
    programs: /^composer$/,
    verbs: /^(?:install|require|update)$/,
    ecosystem: "composer",
    manifests: ["composer.json", "composer.lock"],
    name: /^([\w.-]+\/[\w.-]+)(?::.*)?$/,
  },
  {
    programs: /^(?:apt-get|apt|aptitude)$/,
    verbs: /^install$/,
    ecosystem: "deb",
    manifests: [],
    name: /^([a-z0-9][a-z0-9+.-]+?)(?::[a-z0-9]+)?(?:[=/].*)?$/,
  },
];

/** `go mod download`, `uv pip install`, `dotnet add package X`: words between program and verb, or behind it. */
const verbOf = ({ program, args }: ProgramCall): { readonly verb: string; readonly rest: readonly string[] } => {
  const at = args.findIndex((word) => !word.startsWith("-"));
  const word = args[at] ?? "";
  const rest = at < 0 ? [] : args.slice(at + 1);
  if (program === "uv" && word === "pip") return { verb: rest[0] ?? "", rest: rest.slice(1) };
  if (program === "go" && word === "mod") return { verb: "install", rest: [] };
  if (program === "dotnet" && word === "add") return { verb: "add", rest: rest.slice(rest.indexOf("package") + 1) };
  if (at < 0 && program === "yarn") return { verb: "install", rest: [] };
  return { verb: word, rest };
};

const withoutValues = (words: readonly string[], flags: readonly string[]): string[] =>
  words.filter((_, i) => !flags.includes(words[i - 1] ?? ""));

const directoryOf = (value: string | undefined): string =>
  value === undefined ? "" : value.replace(/\/?[^/]+\.toml$/, "");

/** What a command line installs; undefined where it installs nothing. */
export const installOf = (words: readonly string[]): Install | undefined => {
  const call = programCall(words);
  return call === undefined ? undefined : installOfCall(call);
};

export const installOfCall = (call: ProgramCall): Install | undefined => {
  const installer = INSTALLERS.find(({ programs }) => programs.test(call.program));
  if (installer === undefined) return undefined;
  const { verb, rest } = verbOf(call);
  if (!installer.verbs.test(verb)) return undefined;
  const { ecosystem, manifests, fileFlags = [], directoryFlags = [] } = installer;
  const files = rest.filter((_, i) => fileFlags.includes(rest[i - 1] ?? ""));
  const own = plainWords(withoutValues(rest, [...fileFlags, ...directoryFlags]));
  const takesNames = ecosystem !== "cargo" || verb === "add" || verb === "install";
  const names = takesNames
    ? own.flatMap((word) => {
        const name = /^[./~]|:\/\//.test(word) ? undefined : installer.name.exec(word)?.[1];
        return name === undefined ? [] : [name];
      })
    : [];
  return { ecosystem, names, files, manifests, directory: directoryOf(flagValue(call.args, ...directoryFlags)) };
};
