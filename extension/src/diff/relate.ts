// From one event of a run to the lines of a change that it is about: all rules, on the whole diff and, where that does not have
// it, on those of the commits; the likeliest first.
import type { RunEvent } from "../../../collector/protocol/events.ts";
import type { Candidate } from "./changes.ts";
import type { ChangeIndex } from "./changeIndex.ts";
import type { DiffIndex } from "./diffIndex.ts";
import type { RepositoryRoots } from "./repositoryRoots.ts";
import { fileRule, pathsOf } from "./rules/fileRule.ts";
import { hostRule } from "./rules/hostRule.ts";
import { linesOfInstall, packageRule } from "./rules/packageRule.ts";
import { linesOfExec } from "./rules/scriptRule.ts";
import { timeRule } from "./rules/timeRule.ts";
import { toolRule } from "./rules/toolRule.ts";
import type { RunFacts } from "./runFacts.ts";
import type { Subject } from "./subject.ts";

export interface Relation {
  /** The likeliest first. */
  readonly candidates: readonly Candidate[];
  /** Where there is none that says more than the time: why, as a sentence. */
  readonly none: string | undefined;
}

export interface Around {
  readonly facts: RunFacts;
  readonly roots: RepositoryRoots;
  readonly changes: ChangeIndex;
  /** Of an event for many files, the one that is meant. */
  readonly only?: string;
}

const MIN_SCORE = 0.3;
const MAX_CANDIDATES = 12;
/** What the whole diff says less than this is looked for in the commits. */
const GOOD = 0.6;
/** Nobody is taken to a commit's diff without being told that it is one. */
const COMMIT_MOST = 0.79;
/** What a process does is what its program is about, as far as nothing else is known. */
const INHERITED = 0.6;
const PER_PARENT = 0.05;
const MAX_COMMITS = 8;

const linesOfProcess = (subject: Subject, depth: number, diff: DiffIndex): Candidate[] => {
  const exec = subject.chain[depth];
  return exec === undefined
    ? []
    : [...linesOfExec(exec, subject, diff), ...linesOfInstall(exec.argv, exec.cwd, subject, diff)];
};

/** Of the nearest process above that is about something. */
const inherited = (subject: Subject, from: number, diff: DiffIndex): Candidate[] => {
  for (let depth = from; depth < subject.chain.length; depth += 1) {
    const found = linesOfProcess(subject, depth, diff);
    if (found.length === 0) continue;
    const share = INHERITED - PER_PARENT * (depth - from);
    return found.map((one) => ({
      ...one,
      score: one.score * share,
      reason: depth === 0 ? `${one.reason}, by its process` : `${one.reason}, by a process above`,
    }));
  }
  return [];
};

const isSecret = (event: RunEvent): boolean => event.type === "file.read";

/** What interpreters and tools keep for themselves is nobody's doing. */
const CACHES = /\/(?:__pycache__|\.(?:pytest|mypy|ruff|turbo|parcel)[_-]cache|\.cache|\.git)\//;

const isCache = (subject: Subject): boolean => {
  const paths = pathsOf(subject);
  return paths.length > 0 && paths.every((path) => CACHES.test(path));
};

/** What happens outside the repository, and is no program's and no package's doing, is about no line. */
const fromProcess = (subject: Subject, diff: DiffIndex): Candidate[] => {
  const { event } = subject;
  if (isSecret(event) || isCache(subject)) return [];
  if (event.type === "process.exec") {
    const own = linesOfProcess(subject, 0, diff);
    return own.length > 0 ? own : inherited(subject, 1, diff);
  }
  return inherited(subject, 0, diff);
};

const inDiff = (subject: Subject, diff: DiffIndex): Candidate[] => {
  const processes = fromProcess(subject, diff);
  const ran = new Set(inherited(subject, 0, diff).map(({ path }) => path));
  return [
    ...fileRule(subject, diff),
    ...packageRule(subject, diff),
    ...hostRule(ran)(subject, diff),
    ...processes,
    ...(isSecret(subject.event) ? [] : toolRule(subject, diff)),
  ];
};

const keyOf = ({ path, line, side, commit }: Candidate): string => `${commit ?? ""} ${side} ${line ?? 0} ${path}`;

/** One candidate a place, with the best that speaks for it. */
const merged = (candidates: readonly Candidate[]): Candidate[] => {
  const best = new Map<string, Candidate>();
  for (const one of candidates) {
    const known = best.get(keyOf(one));
    if (known === undefined || known.score < one.score) best.set(keyOf(one), one);
  }
  return [...best.values()].filter(({ score }) => score >= MIN_SCORE).sort((a, b) => b.score - a.score);
};

const lineOf = ({ path, line, side }: Candidate, diff: DiffIndex): string | undefined =>
  diff
    .file(path)
    ?.lines.find(({ kind, oldLine, newLine }) =>
      side === "left" ? kind === "removed" && oldLine === line : kind !== "removed" && newLine === line,
    )?.text;

/** Whether the final diff does not have it: the file, or of what a line names, that line. */
const isGone = (one: Candidate, commit: DiffIndex, whole: DiffIndex): boolean => {
  const file = whole.file(one.path);
  if (file === undefined) return true;
  if (one.rule !== "host" && one.rule !== "package") return false;
  const text = lineOf(one, commit);
  return text !== undefined && !file.lines.some((line) => line.kind !== "removed" && line.text === text);
};

/** What only commits have: it was changed again, or taken back, before the end. */
const inCommits = (subject: Subject): Candidate[] => {
  const { changes, event } = subject;
  const at = changes.commitAt(event.t);
  const start = at === undefined ? changes.commits.length : changes.commits.indexOf(at);
  const order = [...changes.commits.slice(start), ...changes.commits.slice(0, start).toReversed()];
  return order.slice(0, MAX_COMMITS).flatMap(({ commit, index }, i) => {
    const found = inDiff(subject, index)
      .filter((one) => isGone(one, index, changes.whole))
      // That something else of the same owner stood there once says nothing.
      .filter(({ rule, score }) => rule !== "host" || score >= GOOD);
    return found.map((one) => ({
      ...one,
      score: Math.min(one.score, COMMIT_MOST) - i * 0.03,
      commit: commit.sha,
      reason: `${one.reason}; not in the final diff, but in the commit “${(commit.message.split("\n")[0] ?? "").slice(0, 60)}”`,
    }));
  });
};

/** Of a file that the final diff does not have, it may still have a line that names it; a commit may have the file. */
const isOtherFile = (subject: Subject, [best]: readonly Candidate[]): boolean =>
  subject.event.type === "file.write" &&
  best?.rule === "file" &&
  !pathsOf(subject).some((path) => subject.roots.relative(path) === best.path);

const whyNone = (subject: Subject): string => {
  const { event, roots } = subject;
  const [path] = pathsOf(subject);
  if (path !== undefined && roots.relative(path) === undefined) return "The file is outside the repository.";
  if (path !== undefined) return "The file is not part of this change.";
  switch (event.type) {
    case "net.connect":
    case "net.close":
    case "dns.query":
    case "http.request":
    case "firewall":
      return "No line of this change names the host, and its process runs nothing that is changed.";
    case "process.exec":
      return "The command runs, installs and names nothing that is changed.";
    default:
      return "Nothing in this change has to do with it.";
  }
};

/** Never throws for what events, diffs or file names hold. */
export const relate = (event: RunEvent, { facts, roots, changes, only }: Around): Relation => {
  const chain = facts.chain(event.process, event.seq);
  const call = event.type === "tool.start" || event.type === "tool.end" ? event.toolInfo.id : event.tool;
  const subject: Subject = {
    event,
    chain,
    tool: facts.tool(call),
    facts,
    roots,
    changes,
    ...(only === undefined ? {} : { only }),
  };
  const whole = merged(inDiff(subject, changes.whole));
  const isFound = (whole[0]?.score ?? 0) >= GOOD && !isOtherFile(subject, whole);
  const found = isFound ? whole : merged([...whole, ...inCommits(subject)]);
  const times = timeRule(
    subject,
    found.map(({ path }) => path),
  );
  const candidates = merged([...found, ...times]).slice(0, MAX_CANDIDATES);
  const hasMore = candidates.some(({ rule, score }) => rule !== "time" || score > 0.5);
  return { candidates, none: hasMore ? undefined : whyNone(subject) };
};
