// The state in the form in which GitHub's REST API tells it.
import { createHash } from "node:crypto";
import type {
  FakeAccount,
  FakeArtifact,
  FakeComment,
  FakeCommit,
  FakeFile,
  FakeJob,
  FakePull,
  FakeRepository,
  FakeRun,
  FakeTimelineEvent,
} from "./state.ts";

/** Where the server is: `web` is the address of its pages, `api` that of its REST API. */
export interface Place {
  readonly web: string;
  readonly api: string;
}

const iso = (time: number): string => new Date(time).toISOString().replace(/\.\d{3}Z$/, "Z");
const isoOrNull = (time: number | undefined): string | null => (time === undefined ? null : iso(time));
const node = (kind: string, id: number): string => `${kind}_${Buffer.from(String(id)).toString("base64url")}`;
export const fullName = ({ owner, name }: FakeRepository): string => `${owner}/${name}`;
const shaOf = (text: string): string => createHash("sha1").update(text).digest("hex");

export const account = ({ web, api }: Place, { login, id, type }: FakeAccount): object => ({
  login,
  id,
  node_id: node(type === "Bot" ? "BOT" : "U", id),
  avatar_url: `${web}/avatars/${id}`,
  url: `${api}/users/${login}`,
  html_url: type === "Bot" ? `${web}/apps/copilot-swe-agent` : `${web}/${login}`,
  type,
  site_admin: false,
});

const owner = (place: Place, login: string): object => account(place, { login, id: 9000, type: "User" });

export const repository = (place: Place, of: FakeRepository): object => ({
  id: of.id,
  node_id: node("R", of.id),
  name: of.name,
  full_name: fullName(of),
  private: of.private,
  owner: owner(place, of.owner),
  html_url: `${place.web}/${fullName(of)}`,
  url: `${place.api}/repos/${fullName(of)}`,
  fork: false,
  default_branch: of.defaultBranch,
});

const headRepository = (place: Place, of: FakeRepository, name: string | undefined, known: boolean): object | null => {
  if (!known) return repository(place, of);
  if (name === undefined) return null;
  const [login = "", short = ""] = name.split("/");
  return { id: of.id + 500_000, full_name: name, name: short, owner: owner(place, login), fork: true };
};

export const pull = (place: Place, of: FakeRepository, it: FakePull, whole: boolean): object => {
  const url = `${place.api}/repos/${fullName(of)}/pulls/${it.number}`;
  const page = `${place.web}/${fullName(of)}/pull/${it.number}`;
  const repo = headRepository(place, of, it.head.repository, "repository" in it.head);
  return {
    url,
    id: it.id,
    node_id: node("PR", it.id),
    html_url: page,
    diff_url: `${page}.diff`,
    number: it.number,
    state: it.state,
    locked: false,
    draft: it.draft,
    title: it.title,
    user: account(place, it.author),
    body: it.body === "" ? null : it.body,
    created_at: iso(it.createdAt),
    updated_at: iso(it.updatedAt),
    closed_at: it.state === "closed" ? iso(it.updatedAt) : null,
    merged_at: isoOrNull(it.mergedAt),
    merge_commit_sha: null,
    assignees: [account(place, it.author)],
    requested_reviewers: [],
    labels: [],
    head: {
      label: `${of.owner}:${it.head.branch}`,
      ref: it.head.branch,
      sha: it.head.sha,
      user: owner(place, of.owner),
      repo,
    },
    base: {
      label: `${of.owner}:${it.base.branch}`,
      ref: it.base.branch,
      sha: it.base.sha,
      user: owner(place, of.owner),
      repo: repository(place, of),
    },
    author_association: "CONTRIBUTOR",
    ...(whole
      ? {
          merged: it.mergedAt !== undefined,
          mergeable: true,
          comments: it.comments.length,
          commits: it.commits.length,
          additions: it.files.reduce((sum, { additions }) => sum + additions, 0),
          deletions: it.files.reduce((sum, { deletions }) => sum + deletions, 0),
          changed_files: it.files.length,
        }
      : {}),
  };
};

export const file = (place: Place, of: FakeRepository, ref: string, it: FakeFile): object => ({
  sha: it.sha ?? shaOf(`${it.filename}\0${it.patch ?? ""}`),
  filename: it.filename,
  status: it.status,
  additions: it.additions,
  deletions: it.deletions,
  changes: it.additions + it.deletions,
  blob_url: `${place.web}/${fullName(of)}/blob/${ref}/${encodeURI(it.filename)}`,
  raw_url: `${place.web}/${fullName(of)}/raw/${ref}/${encodeURI(it.filename)}`,
  contents_url: `${place.api}/repos/${fullName(of)}/contents/${encodeURI(it.filename)}?ref=${ref}`,
  ...(it.patch === undefined ? {} : { patch: it.patch }),
  ...(it.previousFilename === undefined ? {} : { previous_filename: it.previousFilename }),
});

export const commit = (place: Place, of: FakeRepository, it: FakeCommit, whole: boolean): object => {
  const who = { name: it.author?.login ?? "unknown", email: "noreply@github.com", date: iso(it.date) };
  return {
    sha: it.sha,
    node_id: node("C", it.date),
    url: `${place.api}/repos/${fullName(of)}/commits/${it.sha}`,
    html_url: `${place.web}/${fullName(of)}/commit/${it.sha}`,
    commit: {
      author: who,
      committer: { ...who, name: "GitHub" },
      message: it.message,
      tree: { sha: shaOf(it.sha), url: `${place.api}/repos/${fullName(of)}/git/trees/${shaOf(it.sha)}` },
      comment_count: 0,
      verification: { verified: true, reason: "valid", signature: null, payload: null, verified_at: iso(it.date) },
    },
    author: it.author === undefined ? null : account(place, it.author),
    committer: it.author === undefined ? null : account(place, it.author),
    parents: it.parents.map((sha) => ({ sha, url: `${place.api}/repos/${fullName(of)}/commits/${sha}` })),
    ...(whole ? { files: it.files.map((changed) => file(place, of, it.sha, changed)) } : {}),
  };
};

export const comment = (place: Place, it: FakeComment): object => ({
  id: it.id,
  user: account(place, it.author),
  body: it.body,
  created_at: iso(it.createdAt),
  updated_at: iso(it.createdAt),
});

export const timelineEvent = (place: Place, it: FakeTimelineEvent): object => ({
  id: it.id,
  event: it.event,
  commit_id: null,
  commit_url: null,
  created_at: iso(it.createdAt),
  actor: account(place, { login: "Copilot", id: 198_982_749, type: "Bot" }),
  ...(it.app === undefined ? {} : { performed_via_github_app: { id: 1_143_301, slug: it.app } }),
});

export const run = (place: Place, of: FakeRepository, it: FakeRun): object => {
  const url = `${place.api}/repos/${fullName(of)}/actions/runs/${it.id}`;
  return {
    id: it.id,
    name: it.name,
    node_id: node("WFR", it.id),
    head_branch: it.branch,
    head_sha: it.headSha,
    path: it.path,
    display_title: it.title,
    run_number: it.id % 1000,
    event: it.event,
    status: it.status,
    conclusion: it.conclusion ?? null,
    workflow_id: 372_426_410,
    url,
    html_url: `${place.web}/${fullName(of)}/actions/runs/${it.id}`,
    pull_requests: [],
    created_at: iso(it.createdAt),
    updated_at: iso(it.updatedAt),
    run_started_at: iso(it.startedAt),
    actor: account(place, it.actor),
    triggering_actor: account(place, it.actor),
    run_attempt: it.attempt,
    jobs_url: `${url}/jobs`,
    logs_url: `${url}/logs`,
    artifacts_url: `${url}/artifacts`,
    repository: repository(place, of),
    head_repository: headRepository(place, of, it.headRepository, it.headRepository !== undefined),
  };
};

export const job = (place: Place, of: FakeRepository, inRun: FakeRun, it: FakeJob): object => ({
  id: it.id,
  run_id: inRun.id,
  workflow_name: inRun.name,
  head_branch: inRun.branch,
  run_url: `${place.api}/repos/${fullName(of)}/actions/runs/${inRun.id}`,
  run_attempt: it.attempt,
  node_id: node("CR", it.id),
  head_sha: inRun.headSha,
  url: `${place.api}/repos/${fullName(of)}/actions/jobs/${it.id}`,
  html_url: `${place.web}/${fullName(of)}/actions/runs/${inRun.id}/job/${it.id}`,
  status: it.status,
  conclusion: it.conclusion ?? null,
  created_at: iso(inRun.createdAt),
  started_at: iso(it.startedAt ?? inRun.createdAt),
  completed_at: isoOrNull(it.completedAt),
  name: it.name,
  steps: it.steps.map((step) => ({
    name: step.name,
    status: step.status,
    conclusion: step.conclusion ?? null,
    number: step.number,
    started_at: isoOrNull(step.startedAt),
    completed_at: isoOrNull(step.completedAt),
  })),
  labels: it.labels,
  runner_id: it.status === "queued" ? null : 1_000_000_207,
  runner_name: it.status === "queued" ? null : it.runnerName,
  runner_group_id: 0,
  runner_group_name: "GitHub Actions",
});

export const artifact = (
  place: Place,
  of: FakeRepository,
  inRun: FakeRun,
  it: FakeArtifact,
  archive: Buffer,
): object => {
  const url = `${place.api}/repos/${fullName(of)}/actions/artifacts/${it.id}`;
  return {
    id: it.id,
    node_id: node("MDg", it.id),
    name: it.name,
    size_in_bytes: archive.length,
    url,
    archive_download_url: `${url}/zip`,
    expired: it.expired,
    created_at: iso(it.createdAt),
    updated_at: iso(it.createdAt),
    expires_at: iso(it.expiresAt),
    digest: `sha256:${createHash("sha256").update(archive).digest("hex")}`,
    workflow_run: {
      id: inRun.id,
      repository_id: of.id,
      head_repository_id: of.id,
      head_branch: inRun.branch,
      head_sha: inRun.headSha,
    },
  };
};
