import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { addArtifact, addedFile, beginStep, endSession } from "../../test/github/copilotPull.ts";
import { archiveOf } from "../../test/github/routes.ts";
import { COPILOT, FAKE_TOKEN } from "../../test/github/state.ts";
import { clientOf, startTestGitHub, START, type TestGitHub } from "../../test/github/testGitHub.ts";
import { UserError } from "../errors.ts";
import type { GitHubFailure } from "./failures.ts";
import { createGitHubClient } from "./octokitClient.ts";
import { parseSite } from "./site.ts";

const failureOf = async (work: Promise<unknown>): Promise<GitHubFailure> => {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof UserError, String(error));
  return error.failure;
};

describe("the GitHub client", () => {
  let test: TestGitHub;
  let directory = "";

  beforeEach(async () => {
    test = await startTestGitHub();
    directory = await mkdtemp(join(tmpdir(), "runglass-github-"));
  });

  afterEach(async () => {
    assert.deepEqual(test.fake.leaks, [], "the token went to the store");
    await test.fake.close();
    await rm(directory, { recursive: true });
  });

  const repository = { owner: "octo-org", name: "receipt-ocr" };
  const name = { ...repository, number: 7 };

  it("tells of a pull request, its files and its commits", async () => {
    const { client } = test;
    assert.equal(await client.viewer(), "alice");
    const pull = await client.pull(name);
    assert.deepEqual(
      { ...pull, body: "" },
      {
        ...name,
        id: 700_007,
        title: "[WIP] Read the amounts on receipts",
        body: "",
        url: `${test.fake.url}/octo-org/receipt-ocr/pull/7`,
        state: "open",
        draft: true,
        author: { login: "Copilot", id: COPILOT.id },
        head: {
          branch: "copilot/read-receipts",
          sha: test.pull.head.sha,
          repository: { ...repository, id: test.repository.id },
        },
        base: { branch: "main", sha: test.pull.base.sha },
        createdAt: START,
        updatedAt: START + 120_000,
      },
    );
    assert.deepEqual(await client.pulls(repository, { branch: "copilot/read-receipts" }), [pull]);
    assert.deepEqual(await client.pulls(repository, { branch: "main" }), []);
    const files = await client.pullFiles(name);
    assert.equal(files.complete, true);
    assert.deepEqual(
      files.items.map(({ filename, status, patch }) => ({ filename, status, patch })),
      [
        { filename: "requirements.txt", status: "added", patch: "@@ -0,0 +1,1 @@\n+octo-glyphs==1.0" },
        { filename: "ocr/segment.py", status: "added", patch: "@@ -0,0 +1,1 @@\n+import sys" },
      ],
    );
    const commits = await client.commits(name);
    assert.deepEqual(
      commits.items.map(({ message, committedAt }) => [message.split("\n")[0], committedAt]),
      [
        ["Initial plan", START],
        ["Read the amounts on receipts", START + 120_000],
      ],
    );
    const commit = await client.commit(repository, test.pull.head.sha);
    assert.deepEqual(
      commit.files.map(({ filename }) => filename),
      ["requirements.txt", "ocr/segment.py"],
    );
    assert.equal(await client.mergeBase(repository, "main", test.pull.head.sha), test.pull.base.sha);
  });

  it("reads all pages of files and commits, as far as GitHub tells of them", async () => {
    test.pull.files = Array.from({ length: 3100 }, (_unused, index) => addedFile(`src/file${index}.ts`, "x\n"));
    test.pull.commits = Array.from({ length: 400 }, (_unused, index) => ({
      ...test.pull.commits[0]!,
      sha: createHash("sha1").update(String(index)).digest("hex"),
    }));
    const files = await test.client.pullFiles(name);
    assert.equal(files.items.length, 3000);
    assert.equal(files.items.at(-1)?.filename, "src/file2999.ts");
    const commits = await test.client.commits(name);
    assert.equal(commits.items.length, 250);
  });

  it("tells of a session's run, its job and its steps while they go on", async () => {
    const { client, run } = test;
    beginStep(run, 6, START + 60_000);
    const [found] = await client.runs(repository, { branch: "copilot/read-receipts", event: "dynamic" });
    assert.equal(found?.id, run.id);
    assert.equal(found.path, "dynamic/copilot-swe-agent/copilot");
    assert.equal(found.actor?.id, COPILOT.id);
    assert.equal(found.headRepositoryId, test.repository.id);
    assert.deepEqual(await client.runs(repository, { event: "push" }), []);
    assert.equal((await client.run(repository, run.id)).status, "in_progress");
    const [job] = await client.jobs(repository, run.id);
    assert.equal(job?.name, "copilot");
    assert.deepEqual(
      job.steps.slice(4).map((step) => [step.number, step.name, step.status, step.conclusion]),
      [
        [5, "Start MCP Servers (Linux)", "completed", "success"],
        [6, "Processing Request (Linux)", "in_progress", undefined],
        [7, "Clean Up (Linux)", "pending", undefined],
        [8, "Complete job", "pending", undefined],
      ],
    );
  });

  it("tells the jobs of the attempt that was asked for", async () => {
    const { client, run } = test;
    run.attempt = 2;
    run.jobs.push({ ...run.jobs[0]!, id: 99, attempt: 2 });
    assert.deepEqual(
      (await client.jobs(repository, run.id)).map(({ id }) => id),
      [99],
    );
    assert.deepEqual(
      (await client.jobs(repository, run.id, { attempt: 1 })).map(({ attempt }) => attempt),
      [1],
    );
  });

  it("has a job's log only when the job is done, and none of a cancelled one", async () => {
    const { client, run } = test;
    const job = run.jobs[0]!.id;
    assert.equal(await client.jobLog(repository, job), undefined);
    endSession(run, START + 100_000, "success", "\uFEFF2026-06-26T12:24:44.4133849Z Complete job name: copilot\n");
    assert.equal(await client.jobLog(repository, job), "2026-06-26T12:24:44.4133849Z Complete job name: copilot\n");
    delete run.jobs[0]!.log;
    assert.equal(await client.jobLog(repository, job), undefined);
    assert.equal(await client.jobLog(repository, 1), undefined);
  });

  it("lists all artifacts, the newest first, and fetches one into a file that is the user's alone", async () => {
    const { client, run } = test;
    for (let index = 1; index <= 230; index += 1) {
      addArtifact(
        run,
        `runglass-segment--copilot.1.ab--${String(index).padStart(5, "0")}--${index}-${index}`,
        { "events.ndjson": `${index}\n` },
        START,
      );
    }
    const { items, complete } = await client.artifacts(repository, run.id);
    assert.equal(complete, true);
    assert.equal(items.length, 230);
    assert.match(items[0]!.name, /--230-230$/);
    const archive = archiveOf(run.artifacts.at(-1)!);
    assert.equal(items[0]!.sha256, createHash("sha256").update(archive).digest("hex"));
    const path = join(directory, "segment.zip");
    const seen: number[] = [];
    const onProgress = (bytes: number): void => void seen.push(bytes);
    const size = await client.downloadArtifact(repository, items[0]!.id, path, { maxBytes: 1e6, onProgress });
    assert.deepEqual(await readFile(path), archive);
    assert.equal(size, archive.length);
    assert.equal(seen.at(-1), archive.length);
    assert.equal((await stat(path)).mode & 0o777, 0o600);
  });

  it("takes no archive but the one whose checksum GitHub tells", async () => {
    const { client, run } = test;
    const artifact = addArtifact(run, "runglass-log--copilot.1.ab", { "run.ndjson": "{}\n" }, START);
    const [listed] = (await client.artifacts(repository, run.id)).items;
    const path = join(directory, "log.zip");
    const fetchIt = (): Promise<number> =>
      client.downloadArtifact(repository, artifact.id, path, { maxBytes: 1e6, sha256: listed?.sha256 });
    await fetchIt();
    await rm(path);
    artifact.archive = Buffer.concat([archiveOf(artifact), Buffer.from("x")]);
    assert.equal((await failureOf(fetchIt())).code, "artifactAltered");
    assert.equal(existsSync(path), false);
  });

  it("says that an artifact has expired, and leaves no file of one that is too large or aborted", async () => {
    const { client, run } = test;
    const artifact = addArtifact(run, "runglass-log--copilot.1.ab", { "run.ndjson": Buffer.alloc(50_000, "x") }, START);
    artifact.archive = Buffer.alloc(50_000, "x");
    const path = join(directory, "log.zip");
    const fetchIt = (maxBytes: number, signal?: AbortSignal): Promise<number> =>
      client.downloadArtifact(repository, artifact.id, path, { maxBytes, ...(signal === undefined ? {} : { signal }) });
    assert.equal((await failureOf(fetchIt(10_000))).code, "artifactTooLarge");
    await assert.rejects(fetchIt(1e6, AbortSignal.abort()), { name: "AbortError" });
    assert.equal(existsSync(path), false);
    artifact.expired = true;
    assert.equal((await failureOf(fetchIt(1e6))).code, "artifactGone");
    assert.equal((await failureOf(client.downloadArtifact(repository, 1, path, { maxBytes: 1e6 }))).code, "notThere");
  });

  it("reads a small file of the repository", async () => {
    test.repository.contents["main"] = { ".github/workflows/copilot-setup-steps.yml": "jobs: {}\n" };
    const path = ".github/workflows/copilot-setup-steps.yml";
    assert.equal(String(await test.client.file(repository, path, "main")), "jobs: {}\n");
    assert.equal(await test.client.file(repository, "none.txt", "main"), undefined);
    assert.equal(await test.client.file(repository, path, "other"), undefined);
  });

  it("pays for nothing that has not changed", async () => {
    const { client, run, fake } = test;
    const poll = async (): Promise<void> => {
      await client.runs(repository, { branch: "copilot/read-receipts", event: "dynamic" });
      await client.jobs(repository, run.id);
    };
    await poll();
    assert.equal(fake.requests.filter(({ billed }) => billed).length, 2);
    for (let round = 0; round < 5; round += 1) await poll();
    assert.equal(fake.requests.length, 12);
    assert.equal(fake.requests.filter(({ billed }) => billed).length, 2);
    assert.equal(client.billedLastHour, 2);
    beginStep(run, 2, START + 9000);
    const [job] = await client.jobs(repository, run.id);
    assert.equal(job?.steps[1]?.status, "in_progress");
    assert.equal(client.billedLastHour, 3);
    assert.equal(client.rateLimit?.remaining, 4997);
    test.clock.now += 3_700_000;
    assert.equal(client.billedLastHour, 0);
  });

  it("leaves GitHub alone when the limit is used up, until it is reset", async () => {
    const { client, fake, clock } = test;
    fake.state.rate.remaining = 0;
    const failure = await failureOf(client.pull(name));
    assert.equal(failure.code, "rateLimited");
    assert.equal(failure.retryAt, fake.state.rate.resetsAt);
    const asked = fake.requests.length;
    assert.equal((await failureOf(client.pull(name))).code, "rateLimited");
    assert.equal(fake.requests.length, asked);
    clock.now = fake.state.rate.resetsAt;
    assert.equal((await client.pull(name)).number, 7);
  });

  it("reckons by GitHub's clock where this machine's is off", async () => {
    const { fake, clock } = test;
    for (const off of [-1_800_000, 1_800_000]) {
      const parsed = parseSite(fake.url);
      assert.ok(parsed.ok);
      const here = (): number => clock.now + off;
      const client = createGitHubClient({ site: parsed.site, token: FAKE_TOKEN, userAgent: "x", now: here });
      fake.state.rate = { limit: 5000, remaining: 0, resetsAt: clock.now + 600_000 };
      const { retryAt = 0 } = await failureOf(client.pull(name));
      assert.equal(retryAt - here(), 600_000, `${off}`);
      clock.now += 599_000;
      const asked = fake.requests.length;
      await failureOf(client.pull(name));
      assert.equal(fake.requests.length, asked, "not a second too early");
      clock.now += 1000;
      assert.equal((await client.pull(name)).number, 7);
      assert.equal((client.rateLimit?.resetsAt ?? 0) - here(), 3_600_000);
    }
  });

  for (const [how, headers, body, wait] of [
    ["Retry-After", { "retry-after": "90" }, {}, 90_000],
    ["its words only", {}, { message: "You have exceeded a secondary rate limit. Please wait." }, 60_000],
  ] as const) {
    it(`waits as long as GitHub asks for by ${how}`, async () => {
      const { client, fake, clock } = test;
      fake.state.faults.push({ matches: /./, status: 403, headers, body });
      const failure = await failureOf(client.pull(name));
      assert.equal(failure.code, "slowDownAsked");
      assert.equal(failure.retryAt, START + wait);
      assert.equal(client.pausedUntil, START + wait);
      fake.state.faults.length = 0;
      clock.now += wait - 1;
      assert.equal((await failureOf(client.pull(name))).code, "slowDownAsked");
      clock.now += 1;
      assert.equal((await client.pull(name)).number, 7);
    });
  }

  it("names single sign-on, with the page for it only where that is GitHub's own", async () => {
    const { client, fake } = test;
    const link = `${fake.url}/orgs/octo-org/sso?authorization_request=AB`;
    fake.state.faults.push({ matches: /./, status: 403, headers: { "x-github-sso": `required; url=${link}` } });
    const failure = await failureOf(client.pull(name));
    assert.deepEqual([failure.code, failure.link], ["ssoAsked", link]);
    const elsewhere = { "x-github-sso": "required; url=https://attacker.example/sso" };
    fake.state.faults.splice(0, 1, { matches: /./, status: 403, headers: elsewhere });
    assert.deepEqual([(await failureOf(client.pull(name))).link], [undefined]);
  });

  it("names the permission that is missing", async () => {
    const headers = { "x-accepted-github-permissions": "actions=read" };
    test.fake.state.faults.push({
      matches: /actions/,
      status: 403,
      headers,
      body: { message: "Resource not accessible" },
    });
    const failure = await failureOf(test.client.runs(repository));
    assert.equal(failure.code, "permissionMissing");
    assert.match(failure.action, /actions=read/);
    assert.match(failure.reason, /workflow runs of octo-org\/receipt-ocr/);
  });

  it("tells a refused token, a missing pull request, a server in trouble and a page that is no API", async () => {
    const { client, fake } = test;
    assert.equal((await failureOf(clientOf(fake, "revoked").viewer())).code, "tokenRefused");
    const missing = await failureOf(client.pull({ ...name, number: 8 }));
    assert.equal(missing.code, "notThere");
    assert.match(missing.reason, /pull request octo-org\/receipt-ocr#8/);
    fake.state.faults.push({ matches: /./, status: 502, body: "<html>bad gateway</html>" });
    assert.equal((await failureOf(client.pull(name))).code, "gitHubFailed");
    fake.state.faults.splice(0, 1, { matches: /./, status: 200, body: "<html>sign in</html>" });
    assert.equal((await failureOf(client.pull(name))).code, "notGitHub");
    fake.state.faults.splice(0, 1, { matches: /./, status: 200, body: { message: "not a pull request" } });
    assert.equal((await failureOf(client.pull(name))).code, "notGitHub");
    await fake.close();
    const gone = await failureOf(client.pull(name));
    assert.deepEqual([gone.code, gone.retry], ["gitHubUnreachable", true]);
  });

  it("follows where a renamed repository has gone, but hands the token to nobody else", async () => {
    const { client, fake } = test;
    const api = `${fake.url}/api/v3`;
    const to = (location: string): void => {
      fake.state.faults.splice(0, 1, { matches: /\/old\/name\//, status: 301, headers: { location } });
    };
    to(`${api}/repos/octo-org/receipt-ocr/pulls/7`);
    assert.equal((await client.pull({ owner: "old", name: "name", number: 7 })).number, 7);
    const other = await startTestGitHub();
    try {
      to(`${other.fake.url}/api/v3/repos/octo-org/receipt-ocr/pulls/7`);
      assert.equal((await failureOf(client.pull({ owner: "old", name: "name", number: 7 }))).code, "notGitHub");
      to("/api/v3/repos/old/name/again");
      assert.equal((await failureOf(client.pull({ owner: "old", name: "name", number: 7 }))).code, "notGitHub");
      assert.deepEqual(other.fake.requests, []);
    } finally {
      await other.fake.close();
    }
  });

  it("is aborted by its signal", async () => {
    await assert.rejects(test.client.pull(name, { signal: AbortSignal.abort() }), { name: "AbortError" });
  });
});
