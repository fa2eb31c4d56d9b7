// The server and what changes around it: settings, run logs, files that come and go, documents that are no files.
import assert from "node:assert/strict";
import { mkdirSync, unlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Diagnostic, WorkspaceDiagnosticReport } from "vscode-languageserver-protocol/node";
import { blocking } from "./judged.ts";
import { at, useServer, type Report } from "./serverFixture.ts";

describe("the language server in a workspace that changes", function () {
  this.timeout(30_000);
  const server = useServer();
  const { codes, open, openUri, pull, start, uri } = server;

  it("knows a document by its path, however a client writes its URI, and judges those that are in no file", async () => {
    const odd = join(server.folder, "a[b]", ".github/workflows");
    mkdirSync(odd, { recursive: true });
    writeFileSync(join(odd, "ci.yml"), blocking("pypi.org:g443"));
    await start();
    const written = `${pathToFileURL(server.folder).href}/a%5Bb%5D/.github/workflows/ci.yml`;
    openUri(written, blocking("pypi.org:443"));
    const { items } = await server.client.sendRequest<WorkspaceDiagnosticReport>("workspace/diagnostic", {
      previousResultIds: [{ uri: written, value: "?" }],
    });
    assert.deepEqual(
      items.map((item) => [item.uri, item.kind === "full" ? item.items.length : -1]),
      [[written, 0]],
    );
    for (const place of [`untitled:${server.workflows}/new.yml`, "vscode-vfs://github/o/r/.github/workflows/ci.yml"]) {
      openUri(place, blocking("pypi.org:g443"));
      const { items: found } = await server.client.sendRequest<Report>("textDocument/diagnostic", {
        textDocument: { uri: place },
      });
      assert.deepEqual(
        found?.map(({ code }) => code),
        ["endpoint/invalid-port"],
      );
    }
  });

  it("goes on where a client refuses to watch files", async () => {
    await start([], { workspace: { didChangeWatchedFiles: { dynamicRegistration: true } } });
    const warned = new Promise<string>((resolve) =>
      server.client.onNotification("window/logMessage", ({ message }: { message: string }) => {
        if (message.includes("changed files")) resolve(message);
      }),
    );
    server.client.onRequest("client/registerCapability", () => Promise.reject(new Error("not today")));
    assert.match(await warned, /tells of no changed files: .*not today/);
    server.open("a.yml", blocking("pypi.org:g443"));
    assert.deepEqual(await server.codes("a.yml"), ["endpoint/invalid-port"]);
  });

  it("finds files that are new, where a client tells of them, and forgets those that are gone", async () => {
    await start([], { workspace: { didChangeWatchedFiles: { dynamicRegistration: true } } });
    await new Promise<void>((resolve) =>
      server.client.onRequest("client/registerCapability", () => {
        resolve();
        return null;
      }),
    );
    const names = async (): Promise<string[]> =>
      (
        await server.client.sendRequest<WorkspaceDiagnosticReport>("workspace/diagnostic", { previousResultIds: [] })
      ).items.map((item) => item.uri.split("/").at(-1)!);
    assert.deepEqual(await names(), []);
    writeFileSync(join(server.workflows, "new.yml"), blocking("pypi.org:g443"));
    void server.client.sendNotification("workspace/didChangeWatchedFiles", {
      changes: [{ uri: uri("new.yml"), type: 1 }],
    });
    assert.deepEqual(await names(), ["new.yml"]);
    writeFileSync(join(server.workflows, "new.yml"), "on: push\n");
    const tell = (type: number): void =>
      void server.client.sendNotification("workspace/didChangeWatchedFiles", {
        changes: [{ uri: uri("new.yml"), type }],
      });
    tell(2);
    const [changed] = (
      await server.client.sendRequest<WorkspaceDiagnosticReport>("workspace/diagnostic", { previousResultIds: [] })
    ).items;
    assert.ok(changed?.kind === "full" && changed.items.length === 0);
    unlinkSync(join(server.workflows, "new.yml"));
    tell(3);
    assert.deepEqual(await names(), []);
  });

  it("checks policies by what the user wants of the rules, where the repository does not say it", async () => {
    const refresh = { refreshSupport: true };
    const client_ = { workspace: { diagnostics: refresh, codeLens: refresh, inlayHint: refresh } };
    const config = join(server.folder, ".github/runglass.yml");
    writeFileSync(config, "lint:\n  rules:\n    endpoint/invalid-port: warning\n");
    const rules = { "endpoint/invalid-port": "off", "endpoint/missing-port": "error", "no/rule": "off" };
    await start([], client_, { rules });
    const text = blocking("pypi.org:g443", "github.com");
    open("ci.yml", text);
    const severities = async (): Promise<unknown[]> =>
      ((await pull("ci.yml")).items ?? []).map(({ code, severity }) => [code, severity]);
    assert.deepEqual(await severities(), [
      ["endpoint/invalid-port", 2],
      ["endpoint/missing-port", 1],
    ]);
    const asked: string[] = [];
    const all = new Promise<void>((resolve) => {
      for (const what of ["diagnostic", "codeLens", "inlayHint"])
        server.client.onRequest(`workspace/${what}/refresh`, () => {
          asked.push(what);
          if (asked.length === 3) resolve();
          return null;
        });
    });
    void server.client.sendNotification("runglass/lintChanged", {
      lint: true,
      rules: { "endpoint/missing-port": "off" },
    });
    await all;
    assert.deepEqual(await severities(), [["endpoint/invalid-port", 2]]);
  });

  it("says nothing by itself where policies are not to be checked, and answers what is asked for by name", async () => {
    const text = blocking("pypi.org:g443");
    writeFileSync(join(server.workflows, "ci.yml"), text);
    await start([], {}, { lint: false, workflowValidation: true });
    const told = new Promise<{ diagnostics: Diagnostic[] }>((resolve) =>
      server.client.onNotification("textDocument/publishDiagnostics", resolve),
    );
    open("ci.yml", text.replace("runs-on", "runs_on"));
    assert.ok((await told).diagnostics.some(({ source }) => source === "github-actions"));
    const textDocument = { uri: uri("ci.yml") };
    const position = at(text, "block", 1);
    const range = { start: position, end: position };
    const ask = (method: string, more: object = {}): Promise<unknown> =>
      server.client.sendRequest(`textDocument/${method}`, { textDocument, position, range, ...more });
    assert.deepEqual(await codes("ci.yml"), []);
    assert.deepEqual(
      (await server.client.sendRequest<WorkspaceDiagnosticReport>("workspace/diagnostic", { previousResultIds: [] }))
        .items,
      [],
    );
    assert.deepEqual(
      [await ask("codeAction", { context: { diagnostics: [] } }), await ask("completion"), await ask("codeLens")],
      [[], [], []],
    );
    assert.equal(await ask("hover"), null);
    const copied = await server.client.sendRequest<{ problem?: string }>("runglass/rewrite", {
      refactoring: "switchToBlock",
      uri: uri("ci.yml"),
      position,
    });
    assert.match(String(copied.problem), /does not say audit/);
    void server.client.sendNotification("runglass/lintChanged", { lint: true, rules: {} });
    assert.deepEqual(await codes("ci.yml"), ["endpoint/invalid-port"]);
  });

  it("reads a log anew when it has changed, and only then", async () => {
    const log = join(server.folder, "run.ndjson");
    const line = (event: object): string => `${JSON.stringify({ v: 1, seq: 1, t: 1, ...event })}\n`;
    const connect = (name: string): string =>
      line({
        type: "net.connect",
        flow: { protocol: "tcp", remote: { ip: "198.51.100.7", port: 443 } },
        host: { name },
      });
    const begun = line({ type: "run.start", run: { job: "build", workflow: ".github/workflows/ci.yml" } });
    writeFileSync(log, begun + connect("pypi.org"));
    await start([log]);
    open("ci.yml", blocking("github.com:443"));
    const missing = async (): Promise<unknown[]> =>
      ((await pull("ci.yml")).items ?? []).map(({ message }) => /^\S+/.exec(String(message))?.[0]);
    assert.deepEqual(await missing(), ["pypi.org:443"]);
    const { resultId } = await pull("ci.yml");
    const observe = (...observed: string[]): void =>
      void server.client.sendNotification("runglass/observedChanged", { observed });
    observe(log, log);
    assert.equal((await pull("ci.yml", resultId)).kind, "unchanged");
    writeFileSync(log, begun + connect("pypi.org") + connect("new.example.org"));
    observe(log);
    assert.deepEqual(await missing(), ["new.example.org:443", "pypi.org:443"]);
    observe(join(server.folder, "gone.ndjson"));
    assert.deepEqual(await missing(), []);
  });
});
