// The commit that what happened went into, by its time; and the commit that a command makes, by its message.
import type { Candidate } from "../changes.ts";
import type { CommitIndex } from "../changeIndex.ts";
import { flagValue, programCall } from "../programCall.ts";
import { candidate, type Subject } from "../subject.ts";

const MADE = 0.85;
const IN_TIME = 0.35;
/** The commit also changes what another rule has named. */
const AGREES = 0.15;

const subjectLine = (message: string): string => (message.split("\n")[0] ?? "").trim();

/** The commit's own diff begins where something is to be read. */
const inCommit = (
  { commit, index }: CommitIndex,
  path: string | undefined,
  score: number,
  reason: string,
): Candidate[] => {
  const readable = index.files.filter(
    ({ kind, first }) => kind !== "lock" && kind !== "generated" && first !== undefined,
  );
  const file =
    (path === undefined ? undefined : index.file(path)) ??
    readable.find(({ kind }) => kind === "code") ??
    readable[0] ??
    index.files[0];
  return file === undefined ? [] : [{ ...candidate(file, file.first, score, "time", reason), commit: commit.sha }];
};

const messageOf = ({ event, chain, tool }: Subject): string | undefined => {
  const [exec] = chain;
  if (event.type !== "process.exec" || exec === undefined) return undefined;
  const call = programCall(exec.argv);
  if (call?.program !== "git" || !call.args.includes("commit")) return undefined;
  // Short flags can be one word: `-qam`.
  const short = call.args.findIndex((word) => /^-[a-z]*m$/i.test(word));
  const message = short < 0 ? flagValue(call.args, "--message") : call.args[short + 1];
  return message ?? tool?.command;
};

/** `named`: the paths that other rules have found, the likeliest first. */
export const timeRule = (subject: Subject, named: readonly string[]): Candidate[] => {
  const { changes, event } = subject;
  const message = messageOf(subject);
  if (message !== undefined) {
    const made = changes.commits.find(
      ({ commit }) => subjectLine(commit.message) === subjectLine(message) && commit.files.length > 0,
    );
    if (made !== undefined) return inCommit(made, undefined, MADE, `the commit “${subjectLine(message).slice(0, 60)}”`);
  }
  const at = changes.commitAt(event.t);
  if (at === undefined) return [];
  const path = named.find((one) => at.commit.files.some((file) => file.path === one));
  const score = path === undefined ? IN_TIME : IN_TIME + AGREES;
  return inCommit(
    at,
    path,
    score,
    `went into the commit “${subjectLine(at.commit.message).slice(0, 60)}”, by its time`,
  );
};
