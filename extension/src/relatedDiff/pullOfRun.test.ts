import assert from "node:assert/strict";
import { addedFile } from "../../test/github/copilotPull.ts";
import { startTestGitHub, type TestGitHub } from "../../test/github/testGitHub.ts";
import { isRewritten, pullOfRun, sizeOf, sourceKey } from "./pullOfRun.ts";

describe("the pull request of a run", () => {
  const repository = { owner: "octo-org", name: "receipt-ocr" };
  const name = { ...repository, number: 7 };
  let test: TestGitHub;
  const job = (more: { readonly ref?: string; readonly runId?: string; readonly sha?: string }) => ({
    ref: undefined,
    runId: undefined,
    sha: undefined,
    ...more,
  });

  beforeEach(async () => (test = await startTestGitHub()));
  afterEach(() => test.fake.close());

  it("is that of its branch, which GitHub knows best", async () => {
    const { client, run } = test;
    const of = async (more: Parameters<typeof job>[0]): Promise<number | undefined> =>
      (await pullOfRun(client, repository, job(more)))?.number;
    assert.equal(await of({ runId: String(run.id) }), 7);
    assert.equal(await of({ ref: "refs/heads/copilot/read-receipts" }), 7);
    assert.equal(await of({ ref: "refs/pull/7/merge" }), 7);
    assert.equal(await of({ ref: "refs/heads/other" }), undefined);
    assert.equal(await of({}), undefined);
  });

  it("was rewritten where what the run began at is not below its head any more", async () => {
    const { client, pull } = test;
    const head = await client.pull(name);
    const is = (sha: string | undefined, ref = "refs/heads/copilot/read-receipts"): Promise<boolean> =>
      isRewritten(client, repository, head, { ...job({ ref }), sha });
    assert.equal(await is(undefined), false);
    assert.equal(await is(pull.head.sha), false);
    assert.equal(await is(pull.commits[0]?.sha), false);
    assert.equal(await is("9".repeat(40)), true);
    assert.equal(await is("9".repeat(40), "refs/pull/7/merge"), false);
    // Known to GitHub, and on another line of commits.
    pull.mergeBase = pull.base.sha;
    assert.equal(await is(pull.commits[0]?.sha), true);
  });

  it("is read for each run that may tell another thing of it", async () => {
    const pull = await test.client.pull(name);
    const key = (sha: string, ref = "refs/heads/copilot/read-receipts"): string => sourceKey(pull, job({ sha, ref }));
    assert.equal(key("9".repeat(40)), key("9".repeat(40)));
    assert.notEqual(key("9".repeat(40)), key(pull.head.sha));
    assert.notEqual(key("9".repeat(40)), key("9".repeat(40), "refs/pull/7/merge"));
    const pushed = { ...pull, head: { ...pull.head, sha: "8".repeat(40) } };
    assert.notEqual(sourceKey(pushed, job({})), sourceKey(pull, job({})));
  });

  it("is asked how large it is where not all of it is listed", async () => {
    const { client, pull } = test;
    pull.files = Array.from({ length: 3001 }, (_, i) => addedFile(`f${i}.txt`, "x\n"));
    const head = await client.pull(name);
    const files = await client.pullFiles(name);
    assert.equal(files.items.length, 3000);
    assert.deepEqual(await sizeOf(client, head, files, await client.commits(name)), { files: 3001, commits: 2 });
    const few = { items: files.items.slice(0, 5), complete: true };
    const asked = test.fake.requests.length;
    assert.deepEqual(await sizeOf(client, head, few, { items: [], complete: true }), { files: 5, commits: 0 });
    assert.equal(test.fake.requests.length, asked);
  });
});
