// Which question is answered with what.
import { zip } from "../sample/content/zip.ts";
import * as payloads from "./payloads.ts";
import type { Place } from "./payloads.ts";
import type { FakeAccount, FakeArtifact, FakeRepository, FakeRun, FakeState } from "./state.ts";

export interface Question {
  /** Without the prefix of the API, decoded nowhere. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly viewer: FakeAccount;
}

export type Answer =
  | { readonly kind: "json"; readonly value: unknown }
  /** `all`: the whole list; the page that was asked for is cut out of it. `field`: the name that the list has in its object. */
  | { readonly kind: "list"; readonly all: readonly object[]; readonly field?: string }
  /** To a file that is kept elsewhere. */
  | { readonly kind: "elsewhere"; readonly content: Buffer | undefined; readonly type: string }
  | { readonly kind: "error"; readonly status: number; readonly message: string };

const notFound: Answer = { kind: "error", status: 404, message: "Not Found" };
const json = (value: unknown): Answer => ({ kind: "json", value });
const list = (all: readonly object[], field?: string): Answer => ({
  kind: "list",
  all,
  ...(field === undefined ? {} : { field }),
});

const archives = new WeakMap<FakeArtifact, Buffer>();

/** An artifact does not change once it is there. */
export const archiveOf = (artifact: FakeArtifact): Buffer => {
  const made =
    artifact.archive ??
    archives.get(artifact) ??
    zip(Object.entries(artifact.files).map(([path, content]) => ({ path, data: Buffer.from(content) })));
  archives.set(artifact, made);
  return made;
};

type Route = (parts: readonly string[], question: Question, state: FakeState, place: Place) => Answer;

const newestFirst = <T extends { readonly id: number }>(items: readonly T[]): T[] =>
  items.toSorted((a, b) => b.id - a.id);

const inRepository =
  (
    answer: (of: FakeRepository, rest: readonly string[], question: Question, state: FakeState, place: Place) => Answer,
  ): Route =>
  ([owner = "", name = "", ...rest], question, state, place) => {
    const of = state.repositories.find(
      (known) => payloads.fullName(known).toLowerCase() === `${owner}/${name}`.toLowerCase(),
    );
    return of === undefined ? notFound : answer(of, rest.map(decodeURIComponent), question, state, place);
  };

const inPull = (answer: (of: FakeRepository, it: FakeRepository["pulls"][number], place: Place) => Answer): Route =>
  inRepository((of, [number], _question, _state, place) => {
    const it = of.pulls.find((known) => String(known.number) === number);
    return it === undefined ? notFound : answer(of, it, place);
  });

const inRun = (answer: (of: FakeRepository, it: FakeRun, rest: readonly string[], place: Place) => Answer): Route =>
  inRepository((of, [id, ...rest], _question, _state, place) => {
    const it = of.runs.find((known) => String(known.id) === id);
    return it === undefined ? notFound : answer(of, it, rest, place);
  });

const pulls = inRepository((of, _rest, { query }, _state, place) => {
  const state = query.get("state") ?? "open";
  const head = query.get("head");
  const found = of.pulls.filter(
    (it) => (state === "all" || it.state === state) && (head === null || head === `${of.owner}:${it.head.branch}`),
  );
  const sorted =
    query.get("sort") === "updated"
      ? found.toSorted((a, b) => a.updatedAt - b.updatedAt)
      : found.toSorted((a, b) => a.createdAt - b.createdAt);
  if (query.get("direction") !== "asc") sorted.reverse();
  return list(sorted.map((it) => payloads.pull(place, of, it, false)));
});

const runs = inRepository((of, _rest, { query }, _state, place) => {
  const wanted = (name: string, value: string): boolean => (query.get(name) ?? value) === value;
  const found = of.runs.filter(
    (it) =>
      wanted("branch", it.branch) &&
      wanted("event", it.event) &&
      wanted("actor", it.actor.login) &&
      wanted("head_sha", it.headSha) &&
      (wanted("status", it.status) || wanted("status", it.conclusion ?? "")),
  );
  return list(
    newestFirst(found).map((it) => payloads.run(place, of, it)),
    "workflow_runs",
  );
});

const jobsOf = (of: FakeRepository, it: FakeRun, attempt: number | undefined, place: Place): Answer =>
  list(
    it.jobs
      .filter((job) => attempt === undefined || job.attempt === attempt)
      .map((job) => payloads.job(place, of, it, job)),
    "jobs",
  );

const jobLog = inRepository((of, [id]) => {
  const job = of.runs.flatMap((it) => it.jobs).find((known) => String(known.id) === id);
  if (job === undefined) return notFound;
  // While the job runs there is an address, but nothing there.
  const content = job.status === "completed" && job.log !== undefined ? Buffer.from(job.log) : undefined;
  return { kind: "elsewhere", content, type: "text/plain" };
});

const artifactZip = inRepository((of, [id]) => {
  const artifact = of.runs.flatMap((it) => it.artifacts).find((known) => String(known.id) === id);
  if (artifact === undefined) return notFound;
  if (artifact.expired) return { kind: "error", status: 410, message: "Artifact has expired" };
  return { kind: "elsewhere", content: archiveOf(artifact), type: "application/zip" };
});

const commit = inRepository((of, [sha], _question, _state, place) => {
  const it = of.pulls.flatMap((one) => one.commits).find((known) => known.sha === sha);
  return it === undefined ? notFound : json(payloads.commit(place, of, it, true));
});

const compare = inRepository((of, [range = ""], _question, _state, place) => {
  const [base = "", head = ""] = range.split("...");
  const it = of.pulls.find((known) => [known.head.sha, known.head.branch].includes(head));
  const known = it?.commits.flatMap(({ sha, parents }) => [sha, ...parents]) ?? [];
  // What nobody has pushed, or a force-push has dropped.
  const isGone = /^[0-9a-f]{40}$/.test(base) && base !== it?.base.sha && !known.includes(base);
  if (it === undefined || isGone) return notFound;
  const sha = it.mergeBase ?? (/^[0-9a-f]{40}$/.test(base) ? base : it.base.sha);
  const common = { sha, message: "", author: undefined, date: it.createdAt, parents: [], files: [] };
  return json({
    status: "ahead",
    ahead_by: it.commits.length,
    behind_by: 0,
    total_commits: it.commits.length,
    merge_base_commit: payloads.commit(place, of, common, false),
    commits: [],
    files: it.files.map((changed) => payloads.file(place, of, it.head.sha, changed)),
  });
});

const contents = inRepository((of, rest, { query }, _state, place) => {
  const path = rest.join("/");
  const ref = query.get("ref") ?? of.defaultBranch;
  const text = of.contents[ref]?.[path];
  if (text === undefined) return notFound;
  const bytes = Buffer.from(text);
  return json({
    type: "file",
    encoding: "base64",
    size: bytes.length,
    name: rest.at(-1),
    path,
    content: bytes.toString("base64").replaceAll(/.{60}/g, "$&\n"),
    sha: "0".repeat(40),
    url: `${place.api}/repos/${payloads.fullName(of)}/contents/${path}?ref=${ref}`,
    html_url: `${place.web}/${payloads.fullName(of)}/blob/${ref}/${path}`,
  });
});

/** Pattern of the path, whose groups are what the route is called with; a group that holds slashes is cut at them. */
const routes: readonly (readonly [RegExp, Route])[] = [
  [/^\/user$/, (_parts, { viewer }, _state, place) => json(payloads.account(place, viewer))],
  [
    /^\/repos\/([^/]+)\/([^/]+)$/,
    inRepository((of, _rest, _question, _state, place) => json(payloads.repository(place, of))),
  ],
  [/^\/repos\/([^/]+)\/([^/]+)\/pulls$/, pulls],
  [/^\/repos\/([^/]+)\/([^/]+)\/pulls\/(\d+)$/, inPull((of, it, place) => json(payloads.pull(place, of, it, true)))],
  [
    /^\/repos\/([^/]+)\/([^/]+)\/pulls\/(\d+)\/files$/,
    inPull((of, it, place) => list(it.files.slice(0, 3000).map((one) => payloads.file(place, of, it.head.sha, one)))),
  ],
  [
    /^\/repos\/([^/]+)\/([^/]+)\/pulls\/(\d+)\/commits$/,
    inPull((of, it, place) => list(it.commits.slice(0, 250).map((one) => payloads.commit(place, of, one, false)))),
  ],
  [
    /^\/repos\/([^/]+)\/([^/]+)\/issues\/(\d+)\/comments$/,
    inPull((_of, it, place) => list(it.comments.map((one) => payloads.comment(place, one)))),
  ],
  [
    /^\/repos\/([^/]+)\/([^/]+)\/issues\/(\d+)\/timeline$/,
    inPull((_of, it, place) => list(it.timeline.map((one) => payloads.timelineEvent(place, one)))),
  ],
  [/^\/repos\/([^/]+)\/([^/]+)\/actions\/runs$/, runs],
  [
    /^\/repos\/([^/]+)\/([^/]+)\/actions\/runs\/(\d+)$/,
    inRun((of, it, _rest, place) => json(payloads.run(place, of, it))),
  ],
  [
    /^\/repos\/([^/]+)\/([^/]+)\/actions\/runs\/(\d+)\/jobs$/,
    inRepository((of, [id], { query }, _state, place) => {
      const it = of.runs.find((known) => String(known.id) === id);
      if (it === undefined) return notFound;
      return jobsOf(of, it, query.get("filter") === "all" ? undefined : it.attempt, place);
    }),
  ],
  [
    /^\/repos\/([^/]+)\/([^/]+)\/actions\/runs\/(\d+)\/attempts\/(\d+)\/jobs$/,
    inRun((of, it, [attempt], place) => jobsOf(of, it, Number(attempt), place)),
  ],
  [
    /^\/repos\/([^/]+)\/([^/]+)\/actions\/runs\/(\d+)\/artifacts$/,
    inRun((of, it, _rest, place) =>
      list(
        newestFirst(it.artifacts).map((one) => payloads.artifact(place, of, it, one, archiveOf(one))),
        "artifacts",
      ),
    ),
  ],
  [/^\/repos\/([^/]+)\/([^/]+)\/actions\/jobs\/(\d+)\/logs$/, jobLog],
  [/^\/repos\/([^/]+)\/([^/]+)\/actions\/artifacts\/(\d+)\/zip$/, artifactZip],
  [/^\/repos\/([^/]+)\/([^/]+)\/commits\/([^/]+)$/, commit],
  [/^\/repos\/([^/]+)\/([^/]+)\/compare\/([^/]+)$/, compare],
  [/^\/repos\/([^/]+)\/([^/]+)\/contents\/(.+)$/, contents],
];

export const answerOf = (question: Question, state: FakeState, place: Place): Answer => {
  for (const [pattern, route] of routes) {
    const match = pattern.exec(question.path);
    if (match !== null)
      return route(
        match.slice(1).flatMap((part) => part.split("/")),
        question,
        state,
        place,
      );
  }
  return notFound;
};
