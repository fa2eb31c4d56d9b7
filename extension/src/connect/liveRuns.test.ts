import assert from "node:assert/strict";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Memento, SecretStorage } from "vscode";
import { LiveRun } from "../sessions/liveRun.ts";
import { RunRegistry } from "../sessions/registry.ts";
import { parseEndpoint, type Endpoint } from "../stream/endpoint.ts";
import {
  startLine,
  startTestCollector,
  testEvent,
  testToken,
  until,
  type TestCollector,
} from "../stream/testCollector.ts";
import { tokenIn } from "./connectFile.ts";
import { LiveRuns } from "./liveRuns.ts";
import { rememberedRuns, rememberRuns } from "./remembered.ts";
import { Tokens } from "./tokens.ts";

const memento = (): Memento => {
  const values = new Map<string, unknown>();
  return {
    keys: () => [...values.keys()],
    get: (key: string, fallback?: unknown) => values.get(key) ?? fallback,
    update: (key: string, value: unknown) => {
      // As VS Code does: what is stored is JSON.
      values.set(key, JSON.parse(JSON.stringify(value)));
      return Promise.resolve();
    },
  } as Memento;
};

const secrets = (values: Map<string, string>): SecretStorage =>
  ({
    get: (key: string) => Promise.resolve(values.get(key)),
    store: (key: string, value: string) => Promise.resolve(void values.set(key, value)),
    delete: (key: string) => Promise.resolve(void values.delete(key)),
  }) as unknown as SecretStorage;

const offered = { id: "r1", title: "npm ci", ended: false };

describe("live runs over a reload of the window", () => {
  let folder: string;
  let collector: TestCollector;
  let endpoint: Endpoint;
  let workspace: Memento;
  let token: string | undefined;
  let registry: RunRegistry;
  let liveRuns: LiveRuns;
  let stop: (() => void) | undefined;

  const openWindow = async (): Promise<void> => {
    registry = new RunRegistry();
    liveRuns = new LiveRuns({
      registry,
      folder,
      policy: () => ({ firstMs: 5, maxMs: 20 }),
      maxSpoolBytes: () => 1e9,
      tokenFor: () => Promise.resolve(token),
      onError: (error) => assert.fail(String(error)),
    });
    await liveRuns.restore(rememberedRuns(workspace));
    stop = rememberRuns(registry, workspace);
  };
  const closeWindow = async (): Promise<void> => {
    stop?.();
    await registry.close();
  };

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "runglass-reload-"));
    collector = await startTestCollector();
    collector.lines.push(startLine(), testEvent(2), testEvent(3));
    const parsed = parseEndpoint(collector.url);
    assert.ok(parsed.ok);
    ({ endpoint } = parsed);
    workspace = memento();
    token = testToken;
    await openWindow();
    await liveRuns.follow(endpoint, offered, testToken);
    await until("three events", () => registry.current?.summary.events === 3);
  });
  afterEach(async () => {
    await closeWindow();
    await collector.close();
    await rm(folder, { recursive: true });
  });

  it("come back, and go on by themselves", async () => {
    await closeWindow();
    collector.lines.push(testEvent(4));
    await openWindow();
    assert.equal(registry.current?.title, "npm ci");
    assert.equal(registry.current.summary.events, 3);
    await until("the fourth event", () => registry.current?.summary.events === 4);
    assert.equal(collector.resumes.at(-1), "2");
  });

  it("say so when their token is gone", async () => {
    await closeWindow();
    token = undefined;
    await openWindow();
    assert.equal(registry.current?.failure?.code, "noToken");
    assert.equal(registry.current.summary.events, 3);
    await liveRuns.follow(endpoint, offered, testToken);
    await until("a connection", () => registry.current?.state.kind === "live");
    assert.equal(registry.runs.length, 1);
  });

  it("do not connect by themselves after a long time", async () => {
    await closeWindow();
    const old = rememberedRuns(workspace).map((run) => ({ ...run, at: Date.now() - 86_400_000 }));
    await workspace.update("runglass.runs", old);
    await openWindow();
    assert.equal(registry.current?.failure?.code, "fromBefore");
    assert.equal(collector.resumes.length, 1);
  });

  it("are told from what a collector has under the same name later", async () => {
    const [first] = registry.runs;
    assert.ok(first instanceof LiveRun);
    for (const same of [{ attempt: 1, lastSeq: 3 }, { lastSeq: 2 }]) {
      assert.equal(await liveRuns.follow(endpoint, { ...offered, ...same }, testToken), first);
    }
    first.disconnect();
    collector.lines.splice(0, 3, startLine("again"), testEvent(2));
    for (const other of [{ attempt: 2 }, { lastSeq: 2 }]) {
      const second = await liveRuns.follow(endpoint, { ...offered, ...other }, testToken);
      assert.notEqual(second.key, first.key);
      assert.equal(registry.current, second);
      await until("its events", () => second.summary.events === 2);
      assert.equal(second.title, "again");
      if (other.attempt === 2) await registry.remove(second);
    }
    assert.equal(first.summary.events, 3);
    await closeWindow();
    await openWindow();
    assert.deepEqual(
      registry.runs.map((run) => run.title),
      ["npm ci", "again"],
    );
  });

  it("survive what is no memory of ours", async () => {
    await closeWindow();
    const [good] = rememberedRuns(workspace);
    for (const bad of [
      "x",
      [1, null, {}],
      [{ ...good, spool: "../../etc/passwd" }],
      [{ ...good, base: "http://198.51.100.7" }],
    ]) {
      await workspace.update("runglass.runs", bad);
      await openWindow();
      assert.equal(registry.runs.length, 0);
      await closeWindow();
    }
    await openWindow();
  });

  it("are brought back after their removal, and are gone when that is final", async () => {
    const [run] = registry.runs;
    assert.ok(run instanceof LiveRun);
    await registry.remove(run, true);
    assert.equal(registry.runs.length, 0);
    await liveRuns.bringBack(run);
    const [again] = registry.runs;
    assert.ok(again instanceof LiveRun);
    assert.equal(again.failure?.code, "disconnected");
    assert.equal(again.summary.events, 3);
    await registry.remove(again);
    assert.deepEqual(await readdir(folder), []);
    assert.deepEqual(rememberedRuns(workspace), []);
  });
});

describe("Tokens", () => {
  it("keeps tokens as secrets only, by origin, and forgets them with their addresses", async () => {
    const values = new Map<string, string>();
    const state = memento();
    const tokens = new Tokens(secrets(values), state);
    for (let port = 1; port <= 12; port += 1) {
      await tokens.keep({ base: `http://127.0.0.1:${port}/p`, origin: `http://127.0.0.1:${port}` }, `secret${port}`);
    }
    assert.equal(await tokens.get("http://127.0.0.1:12"), "secret12");
    assert.equal(tokens.addresses[0], "http://127.0.0.1:12/p");
    assert.equal(tokens.addresses.length, 10);
    assert.deepEqual(
      [...values.keys()].filter((key) => /:[12]$/.test(key)),
      [],
      "no longer offered, and not kept",
    );
    assert.equal(values.size, 10);
    assert.equal(tokens.origins.length, 10);
    assert.doesNotMatch(JSON.stringify(state.keys().map((key) => state.get(key))), /secret/);
    await tokens.forget("http://127.0.0.1:12");
    assert.equal(await tokens.get("http://127.0.0.1:12"), undefined);
    assert.equal(tokens.addresses[0], "http://127.0.0.1:11/p");
  });

  it("of a start script's file are given for its own collector only", async () => {
    const endpoint = { base: "http://127.0.0.1:1", origin: "http://127.0.0.1:1" };
    const file = Promise.resolve({ endpoint, token: "t", title: undefined });
    assert.equal(await tokenIn(file, endpoint.origin), "t");
    assert.equal(await tokenIn(file, "http://127.0.0.1:2"), undefined);
    assert.equal(await tokenIn(undefined, endpoint.origin), undefined);
    assert.equal(await tokenIn(Promise.reject(new Error("no")), endpoint.origin), undefined);
  });
});
