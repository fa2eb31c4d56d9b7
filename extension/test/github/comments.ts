// Comments that are written on a pull request: on it as a whole, or on a line of its diff.
import * as payloads from "./payloads.ts";
import type { Place } from "./payloads.ts";
import type { FakeAccount, FakePull, FakeRepository, FakeState } from "./state.ts";

export interface Written {
  readonly status: number;
  readonly value: unknown;
}

const problem = (status: number, message: string, errors?: readonly object[]): Written => ({
  status,
  value: { message, ...(errors === undefined ? {} : { errors }), documentation_url: "https://docs.github.com/rest" },
});

const notInDiff = (field: string): Written =>
  problem(422, "Validation Failed", [
    {
      resource: "PullRequestReviewComment",
      code: "custom",
      field: `pull_request_review_thread.${field}`,
      message: `pull_request_review_thread.${field} must be part of the diff`,
    },
  ]);

/** Numbers of the lines that a patch shows of a side. */
const linesOf = (patch: string, side: string): Set<number> => {
  const lines = new Set<number>();
  let [left, right] = [0, 0];
  for (const line of patch.split("\n")) {
    const [, from, to] = /^@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@/.exec(line) ?? [];
    if (from !== undefined) {
      [left, right] = [Number(from), Number(to)];
      continue;
    }
    if (line.startsWith("\\")) continue;
    if (side === "LEFT" && !line.startsWith("+")) lines.add(left);
    if (side === "RIGHT" && !line.startsWith("-")) lines.add(right);
    if (!line.startsWith("+")) left += 1;
    if (!line.startsWith("-")) right += 1;
  }
  return lines;
};

interface Target {
  readonly of: FakeRepository;
  readonly pull: FakePull;
  readonly viewer: FakeAccount;
  readonly place: Place;
  readonly now: number;
}

const page = ({ of, pull, place }: Target): string => `${place.web}/${payloads.fullName(of)}/pull/${pull.number}`;

let nextComment = 5_000_000;

const onPull = (target: Target, body: string): Written => {
  nextComment += 1;
  const it = { id: nextComment, author: target.viewer, body, createdAt: target.now };
  target.pull.comments.push(it);
  return {
    status: 201,
    value: { ...payloads.comment(target.place, it), html_url: `${page(target)}#issuecomment-${it.id}` },
  };
};

const onLine = (target: Target, body: string, fields: Readonly<Record<string, unknown>>): Written => {
  const { pull, viewer, place, now } = target;
  const { commit_id: commit, path, line, side = "RIGHT" } = fields;
  if (typeof commit !== "string" || typeof path !== "string") return problem(422, "Invalid request.");
  if (!pull.commits.some(({ sha }) => sha === commit) && commit !== pull.head.sha) return notInDiff("commit_id");
  const patch = pull.files.find(({ filename }) => filename === path)?.patch;
  if (patch === undefined) return notInDiff("path");
  if (typeof line !== "number" || !linesOf(patch, String(side)).has(line)) return notInDiff("line");
  nextComment += 1;
  const it = { id: nextComment, author: viewer, body, createdAt: now };
  (pull.reviewComments ??= []).push({ ...it, commit, path, line, side: side === "LEFT" ? "LEFT" : "RIGHT" });
  return {
    status: 201,
    value: {
      ...payloads.comment(place, it),
      html_url: `${page(target)}#discussion_r${it.id}`,
      commit_id: commit,
      path,
      line,
      side,
    },
  };
};

/** Answers a POST. */
export const writeComment = (
  path: string,
  text: string,
  viewer: FakeAccount,
  state: FakeState,
  place: Place,
): Written => {
  const [, owner, name, kind, number] = /^\/repos\/([^/]+)\/([^/]+)\/(issues|pulls)\/(\d+)\/comments$/.exec(path) ?? [];
  const of = state.repositories.find(
    (known) => payloads.fullName(known).toLowerCase() === `${owner}/${name}`.toLowerCase(),
  );
  const pull = of?.pulls.find((known) => String(known.number) === number);
  if (of === undefined || pull === undefined) return problem(404, "Not Found");
  const fields = JSON.parse(text) as Readonly<Record<string, unknown>>;
  const { body } = fields;
  if (typeof body !== "string" || body.trim() === "") return problem(422, "Validation Failed");
  const target = { of, pull, viewer, place, now: state.now() };
  return kind === "issues" ? onPull(target, body) : onLine(target, body, fields);
};
