// Says of each labelled event whether the line that is named for it is the one that a person would want to see.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { ChangeIndex } from "../../src/diff/changeIndex.ts";
import { CONFIDENT, type Candidate, type ChangeSet } from "../../src/diff/changes.ts";
import { pullChanges } from "../../src/diff/pullChanges.ts";
import { relate } from "../../src/diff/relate.ts";
import { RepositoryRoots } from "../../src/diff/repositoryRoots.ts";
import { RunFacts } from "../../src/diff/runFacts.ts";
import { decodeCommit, decodeFile, listOf } from "../../src/github/decode.ts";
import type { RunEvent } from "../../../collector/protocol/events.ts";
import type { Label, LabelledRun, Target } from "./labelledRun.ts";

/** Names lines for an event; the likeliest first. */
export type Namer = (event: RunEvent) => readonly Candidate[];

export interface Verdict {
  readonly event: RunEvent;
  readonly label: Label;
  readonly candidates: readonly Candidate[];
  readonly isFirst: boolean;
  readonly isInThree: boolean;
  /** One key would go to a wrong line without asking. */
  readonly isConfidentlyWrong: boolean;
}

interface Pull {
  readonly files: unknown;
  readonly commits: readonly { readonly files: unknown }[];
}

/** A pull request as GitHub's REST API tells it. */
export const readPull = (name: string): ChangeSet => {
  const pull = JSON.parse(readFileSync(join(import.meta.dirname, "pulls", `${name}.json`), "utf8")) as Pull;
  const filesOf = (value: unknown): NonNullable<ReturnType<typeof decodeFile>>[] => listOf(value, decodeFile) ?? [];
  const commits = pull.commits.flatMap((value) => {
    const commit = decodeCommit(value);
    return commit === undefined ? [] : { ...commit, files: filesOf(value.files) };
  });
  return pullChanges(filesOf(pull.files), commits);
};

/** Numbers of the lines that a label means, in the file's old or new count. */
const linesOf = (target: Target, changes: ChangeIndex): ReadonlySet<string> => {
  const diff = target.commit === undefined ? changes.whole : changes.commits[target.commit]?.index;
  const file = diff?.file(target.path);
  if (file === undefined) throw new Error(`no file ${target.path} in the change`);
  const { text } = target;
  if (text === undefined)
    return new Set(["", ...file.lines.map(({ kind, oldLine, newLine }) => lineKey(kind, oldLine, newLine))]);
  const fitting = file.lines.filter((line) => line.text.includes(text));
  if (fitting.length === 0) throw new Error(`no line “${text}” in ${target.path}`);
  return new Set(fitting.map(({ kind, oldLine, newLine }) => lineKey(kind, oldLine, newLine)));
};

const lineKey = (kind: string, oldLine: number, newLine: number): string =>
  kind === "removed" ? `left ${oldLine}` : `right ${newLine}`;

const fits = (candidate: Candidate, target: Target, changes: ChangeIndex): boolean => {
  const commit = target.commit === undefined ? undefined : changes.commits[target.commit]?.commit.sha;
  if (candidate.path !== target.path || candidate.commit !== commit) return false;
  return linesOf(target, changes).has(candidate.line === undefined ? "" : `${candidate.side} ${candidate.line}`);
};

/** What only goes by the time is no claim that an event is about a line. */
const isClaim = ({ rule, score }: Candidate): boolean => rule !== "time" || score > 0.5;

export const judge = (
  event: RunEvent,
  label: Label,
  candidates: readonly Candidate[],
  changes: ChangeIndex,
): Verdict => {
  const claims = candidates.filter(isClaim);
  const isRight = (candidate: Candidate): boolean => label.targets.some((target) => fits(candidate, target, changes));
  const [best] = claims;
  const isNone = best === undefined && label.orNone;
  return {
    event,
    label,
    candidates,
    isFirst: isNone || (best !== undefined && isRight(best)),
    isInThree: isNone || claims.slice(0, 3).some(isRight),
    isConfidentlyWrong: best !== undefined && best.score >= CONFIDENT && !isRight(best),
  };
};

/** Judges all labelled events of a run by `namer`. */
export const judgeRun = (run: LabelledRun, changes: ChangeIndex, namer: Namer): Verdict[] =>
  run.labelled.map(({ event, label }) => judge(event, label, namer(event), changes));

/** The rules, knowing the whole run. */
export const byRules = (run: LabelledRun, changes: ChangeIndex): Namer => {
  const facts = new RunFacts();
  for (const event of run.events) facts.take(event);
  for (const call of run.toolCalls) facts.addTool(call);
  const roots = new RepositoryRoots(facts);
  return (event) => relate(event, { facts, roots, changes }).candidates;
};

/** The alternative: the first changed file that has the name of a file which the event names. */
export const byFileName = (changes: ChangeIndex): Namer => {
  const baseName = (path: string): string => path.slice(path.lastIndexOf("/") + 1);
  return (event) => {
    const named =
      event.type === "file.write" || event.type === "file.read"
        ? [event.file.path]
        : event.type === "process.exec"
          ? event.exec.argv
          : [];
    for (const word of named) {
      const file = changes.whole.files.find(({ path }) => baseName(path) === baseName(word));
      if (file === undefined) continue;
      const line =
        file.first === undefined
          ? {}
          : { line: file.first.kind === "removed" ? file.first.oldLine : file.first.newLine };
      const side = file.first?.kind === "removed" ? "left" : "right";
      return [{ path: file.path, ...line, side, score: 1, rule: "file", reason: "a file of that name" }];
    }
    return [];
  };
};

/** One line that says what was wanted and what was named. */
export const describeMiss = ({ event, label, candidates }: Verdict): string => {
  const what =
    event.type === "process.exec"
      ? event.exec.argv.join(" ")
      : event.type === "file.write" || event.type === "file.read"
        ? event.file.path
        : event.type === "http.request"
          ? `${event.http.host ?? ""}${event.http.path}`
          : event.type === "net.connect"
            ? (event.host?.name ?? event.flow.remote.ip)
            : event.type === "dns.query"
              ? event.dns.name
              : "";
  const wanted = label.targets.map(
    ({ path, text, commit }) => `${path}${commit === undefined ? "" : `@${commit}`} ${text ?? "*"}`,
  );
  const named = candidates
    .slice(0, 3)
    .map(({ path, line, score, rule }) => `${path}:${line ?? ""} ${score.toFixed(2)} ${rule}`);
  return `${event.type} ${what.slice(0, 90)}\n    wanted ${[...wanted, ...(label.orNone ? ["nothing"] : [])].join(" | ")}\n    named  ${named.join(" | ")}`;
};
