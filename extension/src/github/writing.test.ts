import assert from "node:assert/strict";
import { FAKE_TOKEN } from "../../test/github/state.ts";
import { clientOf, startTestGitHub, START, type TestGitHub } from "../../test/github/testGitHub.ts";
import { UserError } from "../errors.ts";
import type { GitHubFailure } from "./failures.ts";
import type { ReviewPlace } from "./model.ts";

describe("the GitHub client, where it writes", () => {
  let test: TestGitHub;
  beforeEach(async () => {
    test = await startTestGitHub();
  });
  afterEach(() => test.fake.close());

  const name = { owner: "octo-org", name: "receipt-ocr", number: 7 };
  const place = (more: Partial<ReviewPlace> = {}): ReviewPlace => ({
    commit: test.pull.head.sha,
    path: "requirements.txt",
    line: 1,
    side: "right",
    ...more,
  });
  const failure = async (work: Promise<unknown>): Promise<GitHubFailure> => {
    const error: unknown = await work.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    assert.ok(error instanceof UserError, String(error));
    return error.failure;
  };
  const fault = (status: number, more: { headers?: Record<string, string>; body?: unknown } = {}): void =>
    void test.fake.state.faults.push({ matches: /^POST/, status, ...more });

  it("writes on the pull request and on a line of its diff, and tells where", async () => {
    const { client, fake, pull } = test;
    const { url } = await client.comment(name, "one @alice `x`");
    assert.match(url ?? "", new RegExp(`^${fake.url}/octo-org/receipt-ocr/pull/7#issuecomment-\\d+$`));
    const review = await client.reviewComment(name, place(), "two");
    assert.match(review.url ?? "", /#discussion_r\d+$/);
    assert.deepEqual(
      pull.comments.map(({ body, author }) => [body, author.login]),
      [["one @alice `x`", "alice"]],
    );
    assert.deepEqual(
      pull.reviewComments?.map(({ body, path, line, side, commit }) => [body, path, line, side, commit]),
      [["two", "requirements.txt", 1, "RIGHT", pull.head.sha]],
    );
  });

  it("says that a line is none of the diff, and writes nothing", async () => {
    const { client, pull } = test;
    for (const wrong of [
      { line: 9 },
      { path: "elsewhere.txt" },
      { side: "left" as const },
      { commit: "0".repeat(40) },
    ]) {
      assert.equal((await failure(client.reviewComment(name, place(wrong), "x"))).code, "writeInvalid");
    }
    assert.equal((await failure(client.comment(name, " "))).code, "writeInvalid");
    assert.deepEqual([pull.comments, pull.reviewComments ?? []], [[], []]);
  });

  it("says of each refusal what to do, and that the text is kept", async () => {
    const codeOf = async (status: number, more: Parameters<typeof fault>[1] = {}): Promise<string> => {
      test.fake.state.faults.length = 0;
      fault(status, more);
      const { code, action } = await failure(clientOf(test.fake).comment(name, "x"));
      assert.match(action, /kept|Sign in again/, `${status} ${code}: ${action}`);
      return code;
    };
    assert.equal(
      await codeOf(403, { body: { message: "Resource not accessible by personal access token" } }),
      "writeRefused",
    );
    assert.equal(await codeOf(404), "writeRefused");
    assert.equal(await codeOf(401), "tokenRefused");
    assert.equal(await codeOf(502), "writeUnknown");
    assert.equal(await codeOf(200, { body: "no JSON" }), "writeUnknown");
    const sso = { "x-github-sso": `required; url=${test.fake.url}/orgs/octo-org/sso?x=1` };
    assert.equal(await codeOf(403, { headers: sso }), "ssoAsked");
    const limits = { "retry-after": "60" };
    assert.equal(await codeOf(403, { headers: limits, body: { message: "secondary rate limit" } }), "slowDownAsked");
  });

  it("asks once, and not at all while GitHub wants to be left alone", async () => {
    const { client, fake, clock } = test;
    fault(403, { headers: { "retry-after": "60" }, body: { message: "You have exceeded a secondary rate limit." } });
    const posts = (): number => fake.requests.filter(({ method }) => method === "POST").length;
    const first = await failure(client.comment(name, "x"));
    assert.deepEqual([first.code, posts()], ["slowDownAsked", 1]);
    assert.match(first.action, /^Send it again after /);
    assert.equal((await failure(client.comment(name, "x"))).code, "slowDownAsked");
    assert.equal(posts(), 1);
    fake.state.faults.length = 0;
    clock.now = START + 61_000;
    await client.comment(name, "x");
    assert.equal(posts(), 2);
  });

  it("does not know whether it is written where GitHub goes away", async () => {
    const client = clientOf(test.fake, FAKE_TOKEN);
    await test.fake.close();
    assert.equal((await failure(client.comment(name, "x"))).code, "writeUnknown");
    test = await startTestGitHub();
  });
});
