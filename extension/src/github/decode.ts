// GitHub's JSON to our own values. Nothing of an answer is trusted: what has not the form that is needed is left out, and no text
// is longer than anybody needs.
import { parseFullName } from "./names.ts";
import type {
  Account,
  Artifact,
  ChangedFile,
  Comment,
  Commit,
  FileStatus,
  Job,
  JobStep,
  Pull,
  PullSize,
  RepositoryName,
  RunStatus,
  WorkflowRun,
  WrittenComment,
} from "./model.ts";

type Fields = Readonly<Record<string, unknown>>;

export const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const fieldsOf = (value: unknown): Fields => (isFields(value) ? value : {});
const textOf = (value: unknown, longest = 1000): string => (typeof value === "string" ? value.slice(0, longest) : "");
const isId = (value: unknown): value is number =>
  typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
const countOf = (value: unknown): number => (isId(value) ? value : 0);
const shaOf = (value: unknown): string | undefined =>
  typeof value === "string" && /^[0-9a-f]{40}([0-9a-f]{24})?$/.test(value) ? value : undefined;

/** Milliseconds since the epoch. */
const timeOf = (value: unknown): number | undefined => {
  const time = typeof value === "string" ? Date.parse(value) : Number.NaN;
  return Number.isFinite(time) ? time : undefined;
};

const LONGEST_BODY = 200_000;
const LONGEST_PATCH = 4_000_000;
const MOST_STEPS = 1000;

/** Each item that has the form; `undefined` where it is no list at all. */
export const listOf = <T>(value: unknown, decode: (item: unknown) => T | undefined): T[] | undefined =>
  Array.isArray(value) ? value.map(decode).filter((item) => item !== undefined) : undefined;

export const decodeAccount = (value: unknown): Account | undefined => {
  const { login, id } = fieldsOf(value);
  return typeof login === "string" && isId(id) ? { login: login.slice(0, 100), id } : undefined;
};

const headRepository = (value: unknown): (RepositoryName & { readonly id: number }) | undefined => {
  const { full_name, id } = fieldsOf(value);
  const name = parseFullName(textOf(full_name));
  return name === undefined || !isId(id) ? undefined : { ...name, id };
};

export const decodePull =
  (repository: RepositoryName) =>
  (value: unknown): Pull | undefined => {
    const pull = fieldsOf(value);
    const [head, base] = [fieldsOf(pull["head"]), fieldsOf(pull["base"])];
    const { number, id } = pull;
    const [headSha, baseSha] = [shaOf(head["sha"]), shaOf(base["sha"])];
    if (!isId(number) || !isId(id) || headSha === undefined || baseSha === undefined) return undefined;
    const merged = pull["merged_at"] !== null && pull["merged_at"] !== undefined;
    return {
      owner: repository.owner,
      name: repository.name,
      number,
      id,
      title: textOf(pull["title"]),
      body: textOf(pull["body"], LONGEST_BODY),
      url: textOf(pull["html_url"]),
      state: merged ? "merged" : pull["state"] === "closed" ? "closed" : "open",
      draft: pull["draft"] === true,
      author: decodeAccount(pull["user"]),
      head: { branch: textOf(head["ref"]), sha: headSha, repository: headRepository(head["repo"]) },
      base: { branch: textOf(base["ref"]), sha: baseSha },
      createdAt: timeOf(pull["created_at"]) ?? 0,
      updatedAt: timeOf(pull["updated_at"]) ?? 0,
    };
  };

export const decodePullSize = (value: unknown): PullSize | undefined => {
  const { changed_files: files, commits } = fieldsOf(value);
  return isId(files) && isId(commits) ? { files, commits } : undefined;
};

const fileStatuses: ReadonlySet<unknown> = new Set<FileStatus>([
  "added",
  "removed",
  "modified",
  "renamed",
  "copied",
  "changed",
  "unchanged",
]);

export const decodeFile = (value: unknown): ChangedFile | undefined => {
  const { filename, previous_filename, status, additions, deletions, patch, sha } = fieldsOf(value);
  if (typeof filename !== "string" || filename === "" || filename.length > 4096) return undefined;
  const blob = shaOf(sha);
  return {
    filename,
    ...(typeof previous_filename === "string" ? { previousFilename: previous_filename.slice(0, 4096) } : {}),
    status: fileStatuses.has(status) ? (status as FileStatus) : "changed",
    additions: countOf(additions),
    deletions: countOf(deletions),
    // Half a patch would be a wrong one.
    ...(typeof patch === "string" && patch.length <= LONGEST_PATCH ? { patch } : {}),
    ...(blob === undefined ? {} : { sha: blob }),
  };
};

export const decodeCommit = (value: unknown): Commit | undefined => {
  const commit = fieldsOf(value);
  const inner = fieldsOf(commit["commit"]);
  const sha = shaOf(commit["sha"]);
  if (sha === undefined) return undefined;
  const authoredAt = timeOf(fieldsOf(inner["author"])["date"]);
  const committedAt = timeOf(fieldsOf(inner["committer"])["date"]);
  return {
    sha,
    message: textOf(inner["message"], 20_000),
    url: textOf(commit["html_url"]),
    author: decodeAccount(commit["author"]),
    authoredAt: authoredAt ?? committedAt ?? 0,
    committedAt: committedAt ?? authoredAt ?? 0,
    parents: listOf(commit["parents"], (parent) => shaOf(fieldsOf(parent)["sha"])) ?? [],
  };
};

const runStatuses: ReadonlySet<unknown> = new Set<RunStatus>([
  "queued",
  "in_progress",
  "completed",
  "waiting",
  "requested",
  "pending",
]);
const statusOf = (value: unknown): RunStatus => (runStatuses.has(value) ? (value as RunStatus) : "pending");
const conclusionOf = (value: unknown): string | undefined =>
  typeof value === "string" ? value.slice(0, 40) : undefined;

export const decodeRun =
  (repository: RepositoryName) =>
  (value: unknown): WorkflowRun | undefined => {
    const run = fieldsOf(value);
    const { id, run_attempt } = run;
    const createdAt = timeOf(run["created_at"]);
    const headRepositoryId = fieldsOf(run["head_repository"])["id"];
    if (!isId(id) || createdAt === undefined) return undefined;
    return {
      owner: repository.owner,
      name: repository.name,
      id,
      attempt: isId(run_attempt) && run_attempt > 0 ? run_attempt : 1,
      workflow: textOf(run["name"]),
      title: textOf(run["display_title"]),
      path: textOf(run["path"]),
      event: textOf(run["event"]),
      status: statusOf(run["status"]),
      conclusion: conclusionOf(run["conclusion"]),
      branch: textOf(run["head_branch"]),
      headSha: shaOf(run["head_sha"]) ?? "",
      headRepositoryId: isId(headRepositoryId) ? headRepositoryId : undefined,
      actor: decodeAccount(run["actor"]),
      url: textOf(run["html_url"]),
      createdAt,
      startedAt: timeOf(run["run_started_at"]) ?? createdAt,
      updatedAt: timeOf(run["updated_at"]) ?? createdAt,
    };
  };

const decodeStep = (value: unknown): JobStep | undefined => {
  const { number, name, status, conclusion, started_at, completed_at } = fieldsOf(value);
  if (!isId(number)) return undefined;
  return {
    number,
    name: textOf(name),
    status: statusOf(status),
    conclusion: conclusionOf(conclusion),
    startedAt: timeOf(started_at),
    completedAt: timeOf(completed_at),
  };
};

export const decodeJob = (value: unknown): Job | undefined => {
  const job = fieldsOf(value);
  const { id, run_id, run_attempt, runner_name } = job;
  if (!isId(id) || !isId(run_id)) return undefined;
  const steps = Array.isArray(job["steps"]) ? (job["steps"] as unknown[]).slice(0, MOST_STEPS) : [];
  return {
    id,
    runId: run_id,
    attempt: isId(run_attempt) && run_attempt > 0 ? run_attempt : 1,
    name: textOf(job["name"]),
    status: statusOf(job["status"]),
    conclusion: conclusionOf(job["conclusion"]),
    url: textOf(job["html_url"]),
    startedAt: timeOf(job["started_at"]),
    completedAt: timeOf(job["completed_at"]),
    runner: typeof runner_name === "string" && runner_name !== "" ? runner_name.slice(0, 200) : undefined,
    labels: listOf(job["labels"], (label) => (typeof label === "string" ? label.slice(0, 200) : undefined)) ?? [],
    steps: steps.map(decodeStep).filter((step) => step !== undefined),
  };
};

export const decodeArtifact = (value: unknown): Artifact | undefined => {
  const { id, name, size_in_bytes, expired, created_at, expires_at, digest } = fieldsOf(value);
  if (!isId(id) || typeof name !== "string") return undefined;
  return {
    id,
    name: name.slice(0, 300),
    size: countOf(size_in_bytes),
    expired: expired === true,
    createdAt: timeOf(created_at),
    expiresAt: timeOf(expires_at),
    sha256: /^sha256:([0-9a-f]{64})$/.exec(textOf(digest))?.[1],
  };
};

export const decodeComment = (value: unknown): Comment | undefined => {
  const { id, user, body, created_at } = fieldsOf(value);
  if (!isId(id)) return undefined;
  return { id, author: decodeAccount(user), body: textOf(body, LONGEST_BODY), createdAt: timeOf(created_at) ?? 0 };
};

/** A comment that was just written; its page counts only where it is one of `web`'s. */
export const decodeWritten =
  (web: string) =>
  (value: unknown): WrittenComment | undefined => {
    const { id, html_url: page } = fieldsOf(value);
    if (!isId(id)) return undefined;
    const isPage = typeof page === "string" && URL.canParse(page) && new URL(page).origin === web;
    return { id, url: isPage ? page : undefined };
  };

/** A file's content as the contents API gives it; undefined for what is none, or is not told. */
export const decodeContent = (value: unknown): Buffer | undefined => {
  const { type, encoding, content, size } = fieldsOf(value);
  if (type !== "file" || encoding !== "base64" || typeof content !== "string") return undefined;
  const bytes = Buffer.from(content, "base64");
  return bytes.length === size ? bytes : undefined;
};
