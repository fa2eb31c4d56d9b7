import assert from "node:assert/strict";
import { runFacts, runStartFields } from "./runStart.ts";

describe("runFacts", () => {
  it("takes the variables of a GitHub Actions job", () => {
    const env = {
      GITHUB_RUN_ID: "123",
      GITHUB_RUN_ATTEMPT: "2",
      GITHUB_REPOSITORY: "o/r",
      GITHUB_EVENT_NAME: "push",
      GITHUB_SERVER_URL: "https://user:pass@ghe.example",
      GITHUB_REF: "",
    };
    assert.deepEqual(runFacts(env, "title"), {
      id: "123",
      attempt: 2,
      repository: "o/r",
      event: "push",
      url: "https://***@ghe.example/o/r/actions/runs/123",
      title: "title",
    });
  });

  it("makes an id of its own elsewhere, a new one each time, that can stand in a URL", () => {
    const [one, two] = [runFacts({}, "t"), runFacts({ GITHUB_RUN_ID: "../x", GITHUB_RUN_ATTEMPT: "x" }, "t")];
    assert.match(one.id, /^[\w-]+$/);
    assert.match(two.id, /^local-/);
    assert.notEqual(one.id, two.id);
    assert.deepEqual(Object.keys(two), ["id", "title"]);
  });
});

describe("run.start", () => {
  it("says where the run is served, where the port was chosen", () => {
    const listen = (host: string, port: number): string | undefined =>
      runStartFields("t", {}, undefined, { host, port }).collector.listen;
    assert.equal(listen("10.0.0.5", 4711), "10.0.0.5:4711");
    assert.equal(listen("::1", 4711), "[::1]:4711");
    assert.equal(listen("127.0.0.1", 0), undefined);
    assert.ok(!("listen" in runStartFields("t", {}).collector));
  });
});
