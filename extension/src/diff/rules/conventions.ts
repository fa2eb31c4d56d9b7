// Files that a program reads without being told: those of a fixed name where it runs, and tests that it finds by their names.
import type { DiffIndex, IndexedFile } from "../diffIndex.ts";
import { flagValue, plainWords, type ProgramCall } from "../programCall.ts";

const COMPOSE = ["compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml"];

interface Convention {
  /** Of the program and its first word. */
  readonly call: RegExp;
  /** Paths that are it, relative to where the program runs. */
  readonly files: RegExp;
  /** Flags that name another file or another directory. */
  readonly elsewhere: readonly string[];
}

const named = (...names: readonly string[]): RegExp =>
  new RegExp(`^(?:${names.map((name) => name.replaceAll(".", "\\.")).join("|")})$`);

const CONVENTIONS: readonly Convention[] = [
  { call: /^(?:docker|podman) compose$|^docker-compose /, files: named(...COMPOSE), elsewhere: ["-f", "--file"] },
  { call: /^(?:terraform|tofu) /, files: /^[^/]+\.tf$/, elsewhere: ["-chdir"] },
  { call: /^tox /, files: named("tox.ini", "pyproject.toml"), elsewhere: ["-c"] },
  { call: /^nox /, files: named("noxfile.py"), elsewhere: ["-f", "--noxfile"] },
  { call: /^pre-commit /, files: named(".pre-commit-config.yaml"), elsewhere: ["-c", "--config"] },
  { call: /^vagrant /, files: named("Vagrantfile"), elsewhere: [] },
];

/** Directly in `folder`, as far as the change has them. */
export const filesByConvention = ({ program, args }: ProgramCall, folder: string, diff: DiffIndex): IndexedFile[] => {
  const call = `${program} ${plainWords(args)[0] ?? ""}`;
  const known = CONVENTIONS.find((one) => one.call.test(call));
  if (known === undefined || flagValue(args, ...known.elsewhere) !== undefined) return [];
  const inside = folder === "" ? 0 : folder.length + 1;
  return diff.inDirectory(folder).filter(({ path }) => known.files.test(path.slice(inside)));
};

/** The name of the test that a runner was told to run, where it finds the file by itself. */
export const testByName = ({ program, args }: ProgramCall): string | undefined => {
  const words = plainWords(args);
  switch (program) {
    case "dotnet":
      return words[0] === "test"
        ? flagValue(args, "--filter")
            ?.split(/[=~|&]/)
            .at(-1)
        : undefined;
    case "cargo":
      return words[0] === "test" ? words[1] : undefined;
    case "mvn":
    case "mvnw":
      return flagValue(args, "-Dtest");
    case "gradle":
    case "gradlew":
      return flagValue(args, "--tests");
    default:
      return undefined;
  }
};
