// A program that was started: the script, module, target or test that its command line names, or a line of a script, workflow or
// manifest that has this command line in it.
import type { ExecInfo } from "../../../../collector/protocol/events.ts";
import type { Candidate } from "../changes.ts";
import type { DiffIndex, IndexedFile } from "../diffIndex.ts";
import { programCall, type ProgramCall } from "../programCall.ts";
import { comparable } from "../shellWords.ts";
import { candidate, type Subject } from "../subject.ts";
import { programFiles } from "./programFiles.ts";

const WRITTEN_HERE = 0.82;
const MIN_COMMAND = 8;
const MAX_COMMAND = 2000;

const holdsCommands = ({ kind, path }: IndexedFile): boolean => kind === "build" || /(?:^|\/)package\.json$/.test(path);

const commandTexts = (words: readonly string[], call: ProgramCall): string[] => {
  const texts = call.text === undefined ? [words.join(" "), [call.program, ...call.args].join(" ")] : [call.text];
  return [...new Set(texts.map((text) => comparable(text.slice(0, MAX_COMMAND))))].filter(
    (text) => text.length >= MIN_COMMAND && text.includes(" "),
  );
};

/** Lines that are this command, quoted as they may be. */
const writtenIn = (words: readonly string[], call: ProgramCall, diff: DiffIndex): Candidate[] => {
  const found: Candidate[] = [];
  for (const text of commandTexts(words, call)) {
    for (const file of diff.files) {
      if (!holdsCommands(file)) continue;
      const line = file.lines.find((one) => one.kind === "added" && comparable(one.text).includes(text));
      if (line !== undefined) found.push(candidate(file, line, WRITTEN_HERE, "script", "this command stands here"));
      if (found.length >= 3) return found;
    }
    if (found.length > 0) break;
  }
  return found;
};

/** What one command line is about. `words` as the shell gives them to the program. */
export const linesOfCommand = (
  words: readonly string[],
  cwd: string,
  { roots }: Subject,
  diff: DiffIndex,
): Candidate[] => {
  const call = programCall(words);
  if (call === undefined) return [];
  const named = programFiles(call, roots.relative(cwd), diff, (word) => roots.resolve(word, cwd)).map(
    ({ file, line, score, reason }) => candidate(file, line, score, "script", reason),
  );
  return [...named, ...writtenIn(words, call, diff)];
};

/** What Cargo builds a program from. */
const ofCargo = (path: string, diff: DiffIndex): IndexedFile | undefined => {
  const built = /^(?:(.*)\/)?target\/(?:debug|release)\/(?:examples\/)?([\w-]+?)(?:-[0-9a-f]{16})?$/.exec(path);
  if (built === null) return undefined;
  const [, crate = "", name = ""] = built;
  const at = crate === "" ? "src" : `${crate}/src`;
  return diff.file(`${at}/bin/${name}.rs`) ?? diff.file(`${at}/main.rs`);
};

/** The same of a process, whose file may itself be the repository's. */
export const linesOfExec = (exec: ExecInfo, subject: Subject, diff: DiffIndex): Candidate[] => {
  const found = linesOfCommand(exec.argv, exec.cwd, subject, diff);
  // What a shell finds by a relative path is told so in its arguments.
  const relative = subject.roots.relative(exec.exe) ?? subject.roots.resolve(exec.argv[0] ?? "", exec.cwd);
  const file = relative === undefined ? undefined : (diff.file(relative) ?? ofCargo(relative, diff));
  return file === undefined ? found : [candidate(file, file.first, 0.85, "script", "this program was run"), ...found];
};
