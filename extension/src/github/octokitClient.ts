// The client, on octokit: a bundle of its own, loaded when GitHub is first asked something.
import { Octokit } from "octokit";
import { UserError } from "../errors.ts";
import { failWith } from "./classify.ts";
import {
  decodeAccount,
  decodeArtifact,
  decodeComment,
  decodeCommit,
  decodeContent,
  decodeFile,
  decodeJob,
  decodePull,
  decodePullSize,
  decodeRun,
  decodeWritten,
  isFields,
  listOf,
} from "./decode.ts";
import { downloadFile, downloadText, signedAddress } from "./download.ts";
import { notGitHub } from "./failures.ts";
import type { GitHubClient, GitHubClientOptions } from "./gitHubClient.ts";
import type { Listed, PullName, RepositoryName } from "./model.ts";
import { failureOfWriting } from "./writeFailures.ts";
import { Transport } from "./transport.ts";

const PAGE = 100;
const MOST_PAGES = 30;
const LONGEST_LOG = 64_000_000;

interface Answer {
  readonly status: number;
  readonly data: unknown;
  readonly headers: Readonly<Record<string, unknown>>;
}

const named = ({ owner, name }: RepositoryName): { owner: string; repo: string } => ({ owner, repo: name });
const say = ({ owner, name }: RepositoryName): string => `${owner}/${name}`;
const sayPull = (pull: PullName): string => `pull request ${say(pull)}#${pull.number}`;
const requestOf = (signal: AbortSignal | undefined): { request?: { signal: AbortSignal } } =>
  signal === undefined ? {} : { request: { signal } };

const inField =
  <T>(field: string, decode: (item: unknown) => T | undefined) =>
  (data: unknown): T[] | undefined =>
    isFields(data) ? listOf(data[field], decode) : undefined;

const hasNext = ({ headers }: Answer): boolean => /\brel="?next"?/.test(String(headers["link"] ?? ""));

/** For octokit's own log, which would go to the console. */
const silent = (): void => undefined;

export const createGitHubClient = (options: GitHubClientOptions): GitHubClient => {
  const { site, token, userAgent, now = Date.now } = options;
  const transport = new Transport(site, now);
  const octokit = new Octokit({
    auth: token,
    baseUrl: site.api,
    userAgent,
    request: { fetch: transport.fetch },
    log: { debug: silent, info: silent, warn: silent, error: silent },
    // Whoever asks decides whether and when to ask again; nothing waits in the dark.
    retry: { enabled: false },
    // It would hold back for seconds what a user has just sent.
    throttle: { enabled: false },
  });
  const { rest } = octokit;

  const ask = async <T>(
    what: string,
    request: () => Promise<Answer>,
    read: (answer: Answer) => T | undefined,
  ): Promise<T> => {
    try {
      const answer = await request();
      const value = read(answer);
      if (value === undefined) throw new UserError(notGitHub(site.web, "its answer is not the JSON expected"));
      return value;
    } catch (error) {
      return failWith(error, { what, site, pausedUntil: transport.pausedUntil > now() ? transport.pausedUntil : 0 });
    }
  };

  /** As `ask`; `what` is written by it. */
  const write: typeof ask = async (what, request, read) => {
    try {
      return await ask(what, request, read);
    } catch (error) {
      if (error instanceof UserError) throw new UserError(failureOfWriting(error.failure, what));
      throw error;
    }
  };

  /** Reads page after page. `itemsOf` gives the items of a page. */
  const askAll = async <T>(
    what: string,
    request: (page: number) => Promise<Answer>,
    itemsOf: (data: unknown) => T[] | undefined,
    mostPages = MOST_PAGES,
  ): Promise<Listed<T>> => {
    const items: T[] = [];
    for (let page = 1; page <= mostPages; page += 1) {
      const { found, more } = await ask(
        what,
        () => request(page),
        (answer) => {
          const decoded = itemsOf(answer.data);
          return decoded === undefined ? undefined : { found: decoded, more: hasNext(answer) };
        },
      );
      items.push(...found);
      if (!more) return { items, complete: true };
    }
    return { items, complete: false };
  };

  /** The signed address of a file that GitHub keeps elsewhere; undefined where it has none (yet). */
  const addressOf = async (what: string, request: () => Promise<Answer>): Promise<URL> =>
    ask(what, request, ({ headers }) => signedAddress(site, headers["location"]));

  const fetching = async <T>(what: string, work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      return failWith(error, { what, site, pausedUntil: 0 });
    }
  };

  return {
    site,
    get rateLimit() {
      return transport.rateLimit;
    },
    get pausedUntil() {
      return transport.pausedUntil;
    },
    get billedLastHour() {
      return transport.billedLastHour;
    },
    viewer: async ({ signal } = {}) =>
      ask(
        "account",
        () => rest.users.getAuthenticated(requestOf(signal)),
        ({ data }) => decodeAccount(data)?.login,
      ),
    pulls: (repository, { state = "open", branch, signal } = {}) =>
      ask(
        `pull requests of ${say(repository)}`,
        () =>
          rest.pulls.list({
            ...named(repository),
            state,
            sort: "updated",
            direction: "desc",
            per_page: PAGE,
            ...(branch === undefined ? {} : { head: `${repository.owner}:${branch}` }),
            ...requestOf(signal),
          }),
        ({ data }) => listOf(data, decodePull(repository)),
      ),
    pull: (name, { signal } = {}) =>
      ask(
        sayPull(name),
        () => rest.pulls.get({ ...named(name), pull_number: name.number, ...requestOf(signal) }),
        ({ data }) => decodePull(name)(data),
      ),
    pullSize: (name, { signal } = {}) =>
      ask(
        sayPull(name),
        () => rest.pulls.get({ ...named(name), pull_number: name.number, ...requestOf(signal) }),
        ({ data }) => decodePullSize(data),
      ),
    pullFiles: (name, { signal } = {}) =>
      askAll(
        `files of ${sayPull(name)}`,
        (page) =>
          rest.pulls.listFiles({
            ...named(name),
            pull_number: name.number,
            per_page: PAGE,
            page,
            ...requestOf(signal),
          }),
        (data) => listOf(data, decodeFile),
      ),
    commits: (name, { signal } = {}) =>
      askAll(
        `commits of ${sayPull(name)}`,
        (page) =>
          rest.pulls.listCommits({
            ...named(name),
            pull_number: name.number,
            per_page: PAGE,
            page,
            ...requestOf(signal),
          }),
        (data) => listOf(data, decodeCommit),
        3,
      ),
    commit: (repository, sha, { signal } = {}) =>
      ask(
        `commit ${sha} of ${say(repository)}`,
        () => rest.repos.getCommit({ ...named(repository), ref: sha, ...requestOf(signal) }),
        ({ data }) => {
          const commit = decodeCommit(data);
          const files = inField("files", decodeFile)(data);
          return commit === undefined ? undefined : { ...commit, files: files ?? [] };
        },
      ),
    mergeBase: (repository, base, head, { signal } = {}) =>
      ask(
        `comparison of ${base} and ${head} in ${say(repository)}`,
        () =>
          rest.repos.compareCommitsWithBasehead({
            ...named(repository),
            basehead: `${base}...${head}`,
            per_page: 1,
            ...requestOf(signal),
          }),
        ({ data }) => (isFields(data) ? decodeCommit(data["merge_base_commit"])?.sha : undefined),
      ),
    comment: (name, body, { signal } = {}) =>
      write(
        `comment on ${sayPull(name)}`,
        () => rest.issues.createComment({ ...named(name), issue_number: name.number, body, ...requestOf(signal) }),
        ({ data }) => decodeWritten(site.web)(data),
      ),
    reviewComment: (name, { commit, path, line, side }, body, { signal } = {}) =>
      write(
        `comment on ${sayPull(name)}`,
        () =>
          rest.pulls.createReviewComment({
            ...named(name),
            pull_number: name.number,
            body,
            commit_id: commit,
            path,
            line,
            side: side === "left" ? "LEFT" : "RIGHT",
            ...requestOf(signal),
          }),
        ({ data }) => decodeWritten(site.web)(data),
      ),
    comments: (name, { signal } = {}) =>
      askAll(
        `comments of ${sayPull(name)}`,
        (page) =>
          rest.issues.listComments({
            ...named(name),
            issue_number: name.number,
            per_page: PAGE,
            page,
            ...requestOf(signal),
          }),
        (data) => listOf(data, decodeComment),
        10,
      ),
    file: async (repository, path, ref, { signal } = {}) => {
      const what = `file ${path} in ${say(repository)}`;
      try {
        const { content } = await ask(
          what,
          () =>
            rest.repos.getContent({
              ...named(repository),
              path,
              ...(ref === undefined ? {} : { ref }),
              ...requestOf(signal),
            }),
          ({ data }) => ({ content: decodeContent(data) }),
        );
        return content;
      } catch (error) {
        if (error instanceof UserError && error.failure.code === "notThere") return undefined;
        throw error;
      }
    },
    runs: (repository, { branch, event, signal } = {}) =>
      ask(
        `workflow runs of ${say(repository)}`,
        () =>
          rest.actions.listWorkflowRunsForRepo({
            ...named(repository),
            per_page: PAGE,
            exclude_pull_requests: true,
            ...(branch === undefined ? {} : { branch }),
            ...(event === undefined ? {} : { event }),
            ...requestOf(signal),
          }),
        ({ data }) => inField("workflow_runs", decodeRun(repository))(data),
      ),
    run: (repository, run, { signal } = {}) =>
      ask(
        `workflow run ${run} of ${say(repository)}`,
        () => rest.actions.getWorkflowRun({ ...named(repository), run_id: run, ...requestOf(signal) }),
        ({ data }) => decodeRun(repository)(data),
      ),
    jobs: async (repository, run, { attempt, signal } = {}) => {
      const common = { ...named(repository), run_id: run, per_page: PAGE, ...requestOf(signal) };
      const { items } = await askAll(
        `jobs of workflow run ${run} of ${say(repository)}`,
        (page) =>
          attempt === undefined
            ? rest.actions.listJobsForWorkflowRun({ ...common, filter: "latest", page })
            : rest.actions.listJobsForWorkflowRunAttempt({ ...common, attempt_number: attempt, page }),
        inField("jobs", decodeJob),
        5,
      );
      return items;
    },
    jobLog: async (repository, job, { signal } = {}) => {
      const what = `log of job ${job} of ${say(repository)}`;
      let url: URL;
      try {
        url = await addressOf(what, () =>
          rest.actions.downloadJobLogsForWorkflowRun({ ...named(repository), job_id: job, ...requestOf(signal) }),
        );
      } catch (error) {
        const code = error instanceof UserError ? error.failure.code : "";
        if (code === "notThere" || code === "artifactGone") return undefined;
        throw error;
      }
      return fetching(what, () => downloadText(site, url, LONGEST_LOG, signal));
    },
    artifacts: (repository, run, { signal, pages = 20 } = {}) =>
      askAll(
        `artifacts of workflow run ${run} of ${say(repository)}`,
        (page) =>
          rest.actions.listWorkflowRunArtifacts({
            ...named(repository),
            run_id: run,
            per_page: PAGE,
            page,
            ...requestOf(signal),
          }),
        inField("artifacts", decodeArtifact),
        pages,
      ),
    downloadArtifact: async (repository, artifact, path, { maxBytes, sha256, onProgress, signal }) => {
      const what = `artifact ${artifact} of ${say(repository)}`;
      const url = await addressOf(what, () =>
        rest.actions.downloadArtifact({
          ...named(repository),
          artifact_id: artifact,
          archive_format: "zip",
          ...requestOf(signal),
        }),
      );
      return fetching(what, () => downloadFile(site, url, { path, maxBytes, sha256, onProgress, wanted: signal }));
    },
  };
};
