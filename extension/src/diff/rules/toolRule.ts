// The agent's tool call that an event belongs to, or is: the file that it edits, and what its command runs.
import type { ExecInfo } from "../../../../collector/protocol/events.ts";
import type { Candidate } from "../changes.ts";
import type { DiffIndex } from "../diffIndex.ts";
import { programCall } from "../programCall.ts";
import { commandsIn } from "../shellWords.ts";
import { candidate, lineFor, type Rule, type Subject } from "../subject.ts";
import { linesOfCommand } from "./scriptRule.ts";
import { linesOfInstall } from "./packageRule.ts";
import { posix } from "node:path";

const EDITED = 0.9;
/** An event of the call, that may be about something else. */
const OF_CALL = 0.45;
const MAX_COMMANDS = 20;

const editedBy = (subject: Subject, diff: DiffIndex): Candidate[] => {
  const { tool, roots, event } = subject;
  if (tool?.path === undefined) return [];
  const path = roots.relative(tool.path) ?? (tool.path.startsWith("/") ? undefined : tool.path);
  const file = path === undefined ? undefined : diff.file(path);
  if (file === undefined) return [];
  const isCall = event.type === "tool.start" || event.type === "tool.end";
  return [candidate(file, lineFor(file, subject), isCall ? EDITED : OF_CALL, "tool", "the tool call edits this file")];
};

/** A command that goes somewhere else first says nothing of where it began by where its programs ran. */
const CHANGES_FOLDER = /(?:^|[\s;&|(])(?:cd|pushd)\s/;

/**
 * Where a call's command begins: where its first program ran, as the agent can be elsewhere than its shell; else where
 * its process is, if that is in the repository.
 */
const folderOf = ({ tool, chain, facts, roots }: Subject): string => {
  const known = CHANGES_FOLDER.test(tool?.command ?? "") ? undefined : facts.callFolder(tool?.id);
  if (known !== undefined) return known;
  const own = chain.at(0)?.cwd;
  const folders = own === undefined ? [...facts.workFolders.keys()] : [own, ...facts.workFolders.keys()];
  return folders.find((folder) => roots.relative(folder) !== undefined) ?? own ?? roots.first ?? "/";
};

/** Whether a process is one of a call's commands. */
const isCommand = (words: readonly string[], { argv }: ExecInfo): boolean => {
  const [asked, ran] = [programCall(words), programCall(argv)];
  return (
    asked !== undefined &&
    ran !== undefined &&
    asked.program === ran.program &&
    [asked.script, ...asked.args].join("\0") === [ran.script, ...ran.args].join("\0")
  );
};

/** Commands one after the other, as a shell runs them: `cd` moves those behind it. */
const ranBy = (subject: Subject, diff: DiffIndex): Candidate[] => {
  const { tool, chain } = subject;
  if (tool?.command === undefined) return [];
  let cwd = folderOf(subject);
  const found: Candidate[] = [];
  const commands = commandsIn(tool.command).slice(0, MAX_COMMANDS);
  // What one command of several does is not about what the others name.
  const own = commands.filter((words) => chain.some((exec) => isCommand(words, exec)));
  for (const words of commands) {
    if (own.length > 0 && words[0] !== "cd" && !own.includes(words)) continue;
    if (words[0] === "cd" && words[1] !== undefined) cwd = posix.resolve(cwd, words[1]);
    else found.push(...linesOfCommand(words, cwd, subject, diff), ...linesOfInstall(words, cwd, subject, diff));
  }
  return found;
};

export const toolRule: Rule = (subject, diff) => {
  const { event } = subject;
  const isCall = event.type === "tool.start" || event.type === "tool.end";
  const ran = ranBy(subject, diff).map((one) => ({
    ...one,
    score: isCall ? one.score : Math.min(one.score, OF_CALL),
    rule: "tool" as const,
  }));
  return [...editedBy(subject, diff), ...ran];
};
