// The files of the repository that a command line runs, builds, tests or names, each with how much speaks for it.
import { posix } from "node:path";
import type { DiffIndex, IndexedFile } from "../diffIndex.ts";
import { flagValue, plainWords, type ProgramCall } from "../programCall.ts";
import type { DiffLine } from "../unifiedDiff.ts";
import { filesByConvention, testByName } from "./conventions.ts";

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
const BY_CONVENTION = 0.8;
const ONE_OF_SEVERAL = 0.7;
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

/** A task of Rake's, or a script of Composer's. */
const rubyOrPhpTask = (call: ProgramCall, folder: string, diff: DiffIndex): NamedFile[] => {
  const [word = "", next = ""] = plainWords(call.args);
  if (call.program === "rake" && word !== "") {
    const name = word.replace(/\[.*$/, "").split(":").at(-1) ?? word;
    const begins = new RegExp(`^\\s*task[ (]+[:"']?${escaped(name)}\\b`);
    return taskIn(diff, folder, ["Rakefile", "rakefile"], (text) => begins.test(text), `the task “${name}”`);
  }
  if (call.program !== "composer") return [];
  const key = `"${/^run(?:-script)?$/.test(word) ? next : word}":`;
  return taskIn(diff, folder, ["composer.json"], (text) => text.trimStart().startsWith(key), `the script ${key}`);
};

const escaped = (text: string): string => text.slice(0, 100).replaceAll(/[^\w]/g, "\\$&");

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

const lastPart = (name: string): string => {
  const plain = name.replaceAll(/[\^$]|\[.*\]$/g, "");
  return plain.split(/::|\.|#/).at(-1) ?? plain;
};

/** The line where a test of that name begins. */
export const testIn = (file: IndexedFile, name: string): DiffLine | undefined => {
  const last = lastPart(name);
  if (last.length < 3) return undefined;
  const defines = /\b(?:def|func|fun|fn|class|void|Task|it|test|describe|specify)\b/;
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
  const wanted = flagValue(call.args, ...TEST_FLAGS);
  const ownTest = own === undefined || wanted === undefined ? undefined : testLine(own.file, wanted);
  if (ownTest !== undefined) found.push(ownTest);
  else if (own !== undefined) found.push(whole(own.file, RUN, "this script was run"));
  if (call.module !== undefined) found.push(...moduleFile(call.module, diff, resolve));
  if (folder !== undefined) {
    found.push(...npmTask(call, folder, diff, resolve), ...makeTarget(call, folder, diff, resolve));
    found.push(...rubyOrPhpTask(call, folder, diff));
    const [file] = filesByConvention(call, folder, diff);
    if (file !== undefined) found.push(whole(file, BY_CONVENTION, `${call.program} reads this file`));
    found.push(...namedTest(call, diff));
  }
  found.push(...goPackage(call, diff, resolve), ...containerBuild(call, diff, resolve));
  const words = call.args.slice(0, MAX_WORDS);
  for (const [i, word] of words.entries()) {
    const named = wordFile(word, diff, resolve);
    if (named === undefined || named.file === own?.file) continue;
    const test = named.part === "" ? wanted : named.part;
    const isRun = named.file.kind === "test" && isTestRunner(call.program);
    // Where something is moved or copied to stands last, and that is where it is now.
    const isGoal = i === words.length - 1 && i > 0 && MOVES.test(`${call.program} ${words[0]}`);
    const score = isRun ? RUN : isGoal ? ARGUMENT + 0.06 : ARGUMENT;
    const line = test === undefined ? undefined : testLine(named.file, test);
    found.push(line ?? whole(named.file, score, "the command names this file"));
  }
  return found;
};

/** A test that its runner finds by its name, in whichever file. */
const namedTest = (call: ProgramCall, diff: DiffIndex): NamedFile[] => {
  const test = testByName(call);
  if (test === undefined) return [];
  const found = diff.files.flatMap((file) => {
    const isFitting = file.kind === "test" || file.kind === "code";
    const line = isFitting && file.added.includes(lastPart(test)) ? testIn(file, test) : undefined;
    return line === undefined ? [] : [{ file, line, score: TARGET, reason: `the test “${test}” is here` }];
  });
  // Several of one name: which of them ran is not known.
  return found.length > 1 ? found.slice(0, 3).map((one) => ({ ...one, score: ONE_OF_SEVERAL })) : found;
};

const MOVES = /^(?:mv|cp|git mv)\b/;
const TEST_FLAGS = ["-t", "-k", "--testNamePattern", "--test-name-pattern", "--grep", "-g", "-n", "--name"];

const testLine = (file: IndexedFile, test: string): NamedFile | undefined => {
  const line = file.kind === "test" ? testIn(file, test) : undefined;
  return line === undefined ? undefined : { file, line, score: TARGET, reason: `the test “${test}” is here` };
};

const isTestRunner = (program: string): boolean =>
  /^(?:pytest|py\.test|vitest|jest|mocha|ava|tap|rspec|unittest|phpunit)$/.test(program);
