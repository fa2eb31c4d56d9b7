// The files of the repository that a command line runs, builds, tests or names, each with how much speaks for it.
import { posix } from "node:path";
import type { DiffIndex, IndexedFile } from "../diffIndex.ts";
import { flagValue, plainWords, type ProgramCall } from "../programCall.ts";
import type { DiffLine } from "../unifiedDiff.ts";

export interface NamedFile {
  readonly file: IndexedFile;
  readonly line: DiffLine | undefined;
  readonly score: number;
  readonly reason: string;
}

/** Resolves a word as a path of the repository. */
export type Resolve = (word: string) => string | undefined;

const RUN = 0.85;
const TARGET = 0.85;
/** The line is there, and unchanged. */
const UNCHANGED = 0.55;
const PACKAGE_FOLDER = 0.8;
const ARGUMENT = 0.6;
const MAX_WORDS = 64;

const whole = (file: IndexedFile, score: number, reason: string): NamedFile => ({
  file,
  line: file.first,
  score,
  reason,
});

/** The first line that `fits`, added ones before unchanged ones. */
const lineOf = (file: IndexedFile, fits: (text: string) => boolean): DiffLine | undefined =>
  file.lines.find(({ kind, text }) => kind === "added" && fits(text)) ??
  file.lines.find(({ kind, text }) => kind === "context" && fits(text));

/** The directory that `word` is in, and those above it, as far as the repository goes. */
const upwards = (folder: string): string[] => {
  const parts = folder === "" ? [] : folder.split("/");
  return [...parts.map((_, i) => parts.slice(0, parts.length - i).join("/")), ""];
};

const inFolder = (folder: string, name: string): string => (folder === "" ? name : `${folder}/${name}`);

/** A script of the nearest package.json that has it, or a target of the nearest makefile. */
const taskIn = (
  diff: DiffIndex,
  folder: string,
  names: readonly string[],
  fits: (text: string) => boolean,
  what: string,
): NamedFile[] => {
  for (const above of upwards(folder)) {
    for (const name of names) {
      const file = diff.file(inFolder(above, name));
      const line = file === undefined ? undefined : lineOf(file, fits);
      if (file === undefined || line === undefined) continue;
      return [{ file, line, score: line.kind === "added" ? TARGET : UNCHANGED, reason: `${what} is here` }];
    }
  }
  return [];
};

const npmTask = ({ program, args }: ProgramCall, folder: string, diff: DiffIndex, resolve: Resolve): NamedFile[] => {
  if (!/^(?:npm|pnpm|yarn|bun)$/.test(program)) return [];
  const words = plainWords(args);
  const verb = words[0] ?? "";
  const run = /^(?:run|run-script)$/.test(verb);
  const name = run
    ? words[1]
    : verb === "t"
      ? "test"
      : /^(?:test|start|stop)$/.test(verb) || program === "yarn"
        ? verb
        : undefined;
  if (name === undefined || name === "") return [];
  const other = flagValue(args, "--prefix", "-C", "--dir", "-w", "--workspace", "--cwd");
  const from = (other === undefined ? undefined : resolve(other)) ?? folder;
  const key = `"${name}":`;
  return taskIn(diff, from, ["package.json"], (text) => text.trimStart().startsWith(key), `the script “${name}”`);
};

const makeTarget = ({ program, args }: ProgramCall, folder: string, diff: DiffIndex, resolve: Resolve): NamedFile[] => {
  if (!/^(?:make|gmake|just|task)$/.test(program)) return [];
  const other = flagValue(args, "-C", "--directory");
  const from = (other === undefined ? undefined : resolve(other)) ?? folder;
  const file = flagValue(args, "-f", "--file", "--makefile");
  const names = [...(file === undefined ? [] : [file]), "Makefile", "makefile", "GNUmakefile", "justfile", "Justfile"];
  return plainWords(args)
    .filter((word) => !word.includes("="))
    .flatMap((target) =>
      taskIn(
        diff,
        from,
        names,
        (text) => text.startsWith(`${target}:`) || text.startsWith(`${target} `),
        `the target “${target}”`,
      ),
    );
};

const isTest = ({ path }: IndexedFile): boolean => path.endsWith("_test.go");

/** Of a Go package's directory: its tests for `go test`, its program else. */
const goPackage = ({ program, args }: ProgramCall, diff: DiffIndex, resolve: Resolve): NamedFile[] => {
  const verb = args[0] ?? "";
  if (program !== "go" || !/^(?:run|build|test|vet|install|generate)$/.test(verb)) return [];
  const test = flagValue(args, "-run");
  return plainWords(args.slice(1)).flatMap((word) => {
    const folder = resolve(word);
    if (folder === undefined || word.includes("...")) return [];
    const files = diff.inDirectory(folder).filter(({ path }) => path.endsWith(".go"));
    if (verb === "test" && test !== undefined) {
      for (const file of files.filter(isTest)) {
        const line = testIn(file, test);
        if (line !== undefined) return [{ file, line, score: TARGET, reason: `the test “${test}” is here` }];
      }
    }
    const fitting = files.filter((file) => isTest(file) === (verb === "test"));
    const main = fitting.find(({ path }) => path.endsWith("main.go")) ?? fitting[0] ?? files[0];
    return main === undefined ? [] : [whole(main, PACKAGE_FOLDER, `go ${verb} of its package`)];
  });
};

/** The line where a test of that name begins. */
export const testIn = (file: IndexedFile, name: string): DiffLine | undefined => {
  const plain = name.replaceAll(/[\^$]|\[.*\]$/g, "");
  const last = plain.split(/::|\./).at(-1) ?? plain;
  if (last.length < 3) return undefined;
  const defines = new RegExp(`\\b(?:def|func|fn|class|void|it|test|describe|specify)\\b`);
  return lineOf(file, (text) => text.includes(last) && defines.test(text));
};

const DOCKER_FILE = /^(?:Dockerfile|Containerfile)$/;

const containerBuild = ({ program, args }: ProgramCall, diff: DiffIndex, resolve: Resolve): NamedFile[] => {
  if (!/^(?:docker|podman|buildah|nerdctl)$/.test(program) || !args.some((word) => /^(?:build|bud|buildx)$/.test(word)))
    return [];
  const named = flagValue(args, "-f", "--file");
  const folder = resolve(args.at(-1) ?? ".");
  const files = [
    ...(named === undefined ? [] : [resolve(named)]),
    ...(named !== undefined || folder === undefined
      ? []
      : [...diff.inDirectory(folder)]
          .filter(({ path }) => DOCKER_FILE.test(posix.basename(path)))
          .map(({ path }) => path)),
  ];
  return files.flatMap((path) => {
    const file = path === undefined ? undefined : diff.file(path);
    return file === undefined ? [] : [whole(file, RUN, "this was built")];
  });
};

const moduleFile = (name: string, diff: DiffIndex, resolve: Resolve): NamedFile[] => {
  if (!/^[A-Za-z_][\w.]{0,200}$/.test(name)) return [];
  const path = name.replaceAll(".", "/");
  for (const word of [
    `${path}.py`,
    `${path}/__main__.py`,
    `src/${path}.py`,
    `src/${path}/__main__.py`,
    `${path}/__init__.py`,
  ]) {
    const at = resolve(word);
    const file = at === undefined ? undefined : diff.file(at);
    if (file !== undefined) return [whole(file, RUN, `the module “${name}” is here`)];
  }
  return [];
};

/** A word that names a file of the diff, with what it may carry: `t.py::case`, `--config=x.json`, `@file`. */
const wordFile = (
  word: string,
  diff: DiffIndex,
  resolve: Resolve,
): { readonly file: IndexedFile; readonly part: string } | undefined => {
  const value = word.startsWith("-") ? word.slice(word.indexOf("=") + 1) : word;
  if (value.startsWith("-")) return undefined;
  const [name = "", ...parts] = value.replace(/^@/, "").split("::");
  const path = resolve(name);
  const file = path === undefined || path === "" ? undefined : diff.file(path);
  return file === undefined ? undefined : { file, part: parts.join("::") };
};

/** All that a call names, the surest first. `folder` is where it runs, in the repository; undefined outside. */
export const programFiles = (
  call: ProgramCall,
  folder: string | undefined,
  diff: DiffIndex,
  resolve: Resolve,
): NamedFile[] => {
  const found: NamedFile[] = [];
  const script = call.script ?? call.program;
  const own = call.script === undefined && !call.program.includes("/") ? undefined : wordFile(script, diff, resolve);
  if (own !== undefined) found.push(whole(own.file, RUN, "this script was run"));
  if (call.module !== undefined) found.push(...moduleFile(call.module, diff, resolve));
  if (folder !== undefined) {
    found.push(...npmTask(call, folder, diff, resolve), ...makeTarget(call, folder, diff, resolve));
  }
  found.push(...goPackage(call, diff, resolve), ...containerBuild(call, diff, resolve));
  const wanted = flagValue(call.args, "-t", "-k", "--testNamePattern", "--grep", "-g", "-n");
  for (const word of call.args.slice(0, MAX_WORDS)) {
    const named = wordFile(word, diff, resolve);
    if (named === undefined || named.file === own?.file) continue;
    const test = named.part === "" ? wanted : named.part;
    const line = test === undefined || named.file.kind !== "test" ? undefined : testIn(named.file, test);
    found.push(
      line === undefined
        ? whole(
            named.file,
            named.file.kind === "test" && isTestRunner(call.program) ? RUN : ARGUMENT,
            "the command names this file",
          )
        : { file: named.file, line, score: TARGET, reason: `the test “${test ?? ""}” is here` },
    );
  }
  return found;
};

const isTestRunner = (program: string): boolean =>
  /^(?:pytest|py\.test|vitest|jest|mocha|ava|tap|rspec|unittest|phpunit)$/.test(program);
