import assert from "node:assert/strict";
import fc from "fast-check";
import { commandOf, namedPaths, runsOn, shellOf, summarizeInput } from "./toolInput.ts";

describe("what is told of a tool's arguments", () => {
  it("has the command, masked", () => {
    const command = `curl -H "Authorization: Bearer abcdefgh12345" https://me:pw1234@example.com/`;
    const text = JSON.stringify(summarizeInput({ command, description: "Fetch" }));
    assert.ok(!text.includes("abcdefgh12345") && !text.includes("pw1234"), text);
    assert.ok(text.includes("curl") && text.includes('"description":"Fetch"'), text);
  });

  it("masks by the name of an argument, numbers too", () => {
    assert.deepEqual(summarizeInput({ api_key: "abc", path: "x" }), { api_key: "***", path: "x" });
    assert.deepEqual(summarizeInput({ password: 271_828, timeout: 30 }), { password: "***", timeout: 30 });
  });

  it("has numbers, words for yes and no, and nothing as they are", () => {
    const args = { timeout: 30, isBackground: false, mode: null, token: true };
    assert.deepEqual(summarizeInput(args), args);
  });

  it("leaves out what is written into files", () => {
    const args = { path: "a.ts", file_text: "const secret = 1;", old_str: "x", new_str: { y: 1 } };
    assert.deepEqual(summarizeInput(args), {
      path: "a.ts",
      file_text: "17 characters",
      old_str: "1 characters",
      new_str: "7 characters",
    });
  });

  it("tells the files of a patch, not the patch", () => {
    const patch = "*** Begin Patch\n*** Update File: src/a.ts\n@@\n-secret\n*** Add File: b.ts\n+x\n*** End Patch\n";
    assert.deepEqual(summarizeInput({ input: patch }), { input: ["src/a.ts", "b.ts"] });
    assert.deepEqual(namedPaths({ input: patch }, "/w"), ["/w/src/a.ts", "/w/b.ts"]);
  });

  it("is undefined where there is nothing", () => assert.equal(summarizeInput({}), undefined));

  it("is bounded and JSON, whatever comes, in time in proportion", () => {
    const text = fc.oneof(fc.string(), fc.constant("x".repeat(200_000)), fc.constant("ghp_".repeat(50_000)));
    fc.assert(
      fc.property(fc.dictionary(fc.oneof(text, fc.constant("command")), fc.oneof(text, fc.jsonValue())), (args) => {
        const json = JSON.stringify(summarizeInput(args) ?? {});
        assert.ok(json.length < 100_000, String(json.length));
        assert.equal(typeof JSON.parse(json), "object");
        assert.ok(commandOf(args).length <= 16_384);
        for (const path of namedPaths(args, "/w")) assert.ok(path.startsWith("/"));
      }),
      { numRuns: 100 },
    );
  });
});

describe("what is looked for in a tool's arguments", () => {
  it("is the files, absolute and plain", () => {
    assert.deepEqual(namedPaths({ path: "../x/./a" }, "/w/d"), ["/w/x/a"]);
    assert.deepEqual(namedPaths({ file_path: "/abs" }, "/w"), ["/abs"]);
    assert.deepEqual(namedPaths({ command: "view" }, "/w"), []);
  });

  it("is whether a command is to run on", () => {
    for (const args of [{ mode: "async" }, { async: true }, { isBackground: true }, { run_in_background: true }]) {
      assert.equal(runsOn(args), true, JSON.stringify(args));
    }
    for (const args of [{}, { mode: "sync" }, { async: false }, { isBackground: "no" }, { run_in_background: 0 }]) {
      assert.equal(runsOn(args), false, JSON.stringify(args));
    }
  });

  it("is the shell", () => {
    assert.equal(shellOf({ sessionId: "main" }), "main");
    assert.equal(shellOf({ shellId: 0 }), "0");
    assert.equal(shellOf({ command: "x" }), "");
  });
});
