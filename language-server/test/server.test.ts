// The server as editors run it.
import assert from "node:assert/strict";
import { once } from "node:events";
import { unlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type {
  CodeAction,
  CodeLens,
  CompletionItem,
  Diagnostic,
  Hover,
  InlayHint,
  WorkspaceDiagnosticReport,
} from "vscode-languageserver-protocol/node";
import { blocking, hardened } from "./judged.ts";
import { at, useServer } from "./serverFixture.ts";

describe("the language server", function () {
  this.timeout(30_000);
  const server = useServer();
  const { codes, nextVersion, open, pull, start, uri } = server;

  it("says what it can do", async () => {
    const capabilities = await start();
    assert.deepEqual(capabilities["textDocumentSync"], { openClose: true, change: 2 });
    assert.deepEqual(capabilities["codeActionProvider"], {
      codeActionKinds: ["quickfix", "source.fixAll", "refactor.rewrite.runglass"],
      resolveProvider: true,
    });
    assert.equal((capabilities["diagnosticProvider"] as { workspaceDiagnostics: boolean }).workspaceDiagnostics, true);
    for (const name of ["completionProvider", "hoverProvider", "codeLensProvider", "inlayHintProvider"])
      assert.ok(capabilities[name]);
  });

  it("judges what is typed, by its path, and says so when nothing has changed", async () => {
    await start();
    open("ci.yml", blocking("pypi.org:g443"));
    const first = await pull("ci.yml");
    assert.deepEqual(
      first.items?.map(({ code, source, severity }) => [code, source, severity]),
      [["endpoint/invalid-port", "runglass", 1]],
    );
    assert.equal((await pull("ci.yml", first.resultId)).kind, "unchanged");
    const text = blocking("pypi.org:g443");
    const start_ = at(text, "g443");
    void server.client.sendNotification("textDocument/didChange", {
      textDocument: { uri: uri("ci.yml"), version: nextVersion() },
      contentChanges: [{ range: { start: start_, end: { ...start_, character: start_.character + 1 } }, text: "" }],
    });
    const second = await pull("ci.yml", first.resultId);
    assert.deepEqual([second.kind, second.items], ["full", []]);
    open("../other.yml", blocking("pypi.org:g443"));
    assert.deepEqual(await codes("../other.yml"), []);
  });

  it("judges the workspace, and files that change on the disk", async () => {
    writeFileSync(join(server.workflows, "a.yml"), blocking("pypi.org:g443"));
    writeFileSync(join(server.workflows, "b.yml"), "on: push\n");
    await start();
    const workspace = (
      previousResultIds: readonly { uri: string; value: string }[] = [],
    ): Promise<WorkspaceDiagnosticReport> => server.client.sendRequest("workspace/diagnostic", { previousResultIds });
    const { items } = await workspace();
    assert.deepEqual(
      items.map((item) => [item.uri.split("/").at(-1), item.kind === "full" ? item.items.length : -1]),
      [
        ["a.yml", 1],
        ["b.yml", 0],
      ],
    );
    const previous = items.map((item) => ({ uri: item.uri, value: item.resultId ?? "" }));
    assert.deepEqual(
      (await workspace(previous)).items.map(({ kind }) => kind),
      ["unchanged", "unchanged"],
    );
    writeFileSync(join(server.workflows, "b.yml"), blocking("pypi.org:g80"));
    unlinkSync(join(server.workflows, "a.yml"));
    void server.client.sendNotification("workspace/didChangeWatchedFiles", {
      changes: [{ uri: uri("b.yml"), type: 2 }],
    });
    const after = (await workspace(previous)).items;
    assert.deepEqual(
      after.map((item) => [item.uri.split("/").at(-1), item.kind === "full" ? item.items.length : -1]),
      [
        ["b.yml", 1],
        ["a.yml", 0],
      ],
    );
  });

  it("offers fixes, a suppression, and all that is safe at once", async () => {
    await start();
    const text = blocking("pypi.org:g443", "https://github.com", "10.0.0.0/8");
    open("ci.yml", text);
    const [diagnostic] = (await pull("ci.yml")).items ?? [];
    const ask = (context: object): Promise<CodeAction[]> =>
      server.client.sendRequest("textDocument/codeAction", {
        textDocument: { uri: uri("ci.yml") },
        range: diagnostic!.range,
        context,
      });
    const actions = await ask({ diagnostics: [diagnostic] });
    const [fix, suppress] = actions.filter(({ kind }) => kind === "quickfix");
    assert.deepEqual(
      [fix?.title, fix?.isPreferred, fix?.diagnostics?.[0]?.code],
      ["Use port 443", true, "endpoint/invalid-port"],
    );
    assert.equal(fix?.edit?.changes?.[uri("ci.yml")]?.[0]?.newText, "pypi.org:443");
    assert.match(suppress?.title ?? "", /^Suppress endpoint\/invalid-port/);
    const [all] = await ask({ diagnostics: [], only: ["source.fixAll"] });
    assert.equal(all?.kind, "source.fixAll");
    const resolved = await server.client.sendRequest<CodeAction>("codeAction/resolve", all);
    assert.deepEqual(
      resolved.edit?.changes?.[uri("ci.yml")]?.map(({ newText }) => newText.replaceAll(/\s+/g, " ")),
      ["443 github.com:443"],
    );
  });

  it("offers to rename what Copilot looks for elsewhere, where the editor can", async () => {
    await start([], { workspace: { workspaceEdit: { documentChanges: true, resourceOperations: ["rename"] } } });
    open("copilot-setup-steps.yaml", "on: push\n");
    const start_ = { line: 0, character: 0 };
    const [rename] = await server.client.sendRequest<CodeAction[]>("textDocument/codeAction", {
      textDocument: { uri: uri("copilot-setup-steps.yaml") },
      range: { start: start_, end: start_ },
      context: { diagnostics: [], only: ["quickfix"] },
    });
    assert.deepEqual(rename?.edit?.documentChanges, [
      {
        kind: "rename",
        oldUri: uri("copilot-setup-steps.yaml"),
        newUri: uri("copilot-setup-steps.yml"),
        options: { overwrite: false },
      },
    ]);
  });

  it("offers refactorings without their edits, makes these when one is chosen, and answers commands", async () => {
    const workspaceEdit = {
      documentChanges: true,
      resourceOperations: ["create", "rename"],
      changeAnnotationSupport: {},
    };
    await start([], { workspace: { workspaceEdit } });
    const text = hardened("egress-policy: block", "allowed-endpoints: >", "  github.com:443", "  a.*");
    open("ci.yml", text);
    const ask = (position: object, only?: string[]): Promise<CodeAction[]> =>
      server.client.sendRequest("textDocument/codeAction", {
        textDocument: { uri: uri("ci.yml") },
        range: { start: position, end: position },
        context: { diagnostics: [], ...(only === undefined ? {} : { only }) },
      });
    const kinds = (actions: readonly CodeAction[]): string[] =>
      actions.flatMap(({ kind }) => (kind?.startsWith("refactor") === true ? [kind.split(".").at(-1)!] : []));
    assert.deepEqual(kinds(await ask(at(text, "github.com"))), ["toRunglass"]);
    assert.deepEqual(kinds(await ask(at(text, "build:"))), ["insertMonitor"]);
    assert.deepEqual(kinds(await ask(at(text, "on:"))), []);
    const [action] = await ask(at(text, "block"), ["refactor.rewrite.runglass.toRunglass"]);
    assert.deepEqual([action?.kind, action?.edit], ["refactor.rewrite.runglass.toRunglass", undefined]);
    const { edit } = await server.client.sendRequest<CodeAction>("codeAction/resolve", action);
    assert.match(JSON.stringify(edit?.documentChanges), /Left out: a\.\* /);
    const [annotation] = Object.values(edit?.changeAnnotations ?? {});
    assert.deepEqual(annotation?.needsConfirmation, true);
    const [setup] = await ask(at(text, "on:"), ["refactor.rewrite.runglass.createSetupSteps"]);
    const made = await server.client.sendRequest<CodeAction>("codeAction/resolve", setup);
    const path = uri("copilot-setup-steps.yml");
    assert.deepEqual(
      made.edit?.documentChanges?.map((one) => ("kind" in one ? [one.kind, "uri" in one && one.uri] : "")),
      [["create", path], ""],
    );

    const rewrite = (refactoring: string, name: string): Promise<Record<string, unknown>> =>
      server.client.sendRequest("runglass/rewrite", { refactoring, uri: uri(name), position: at(text, "block") });
    assert.deepEqual((await rewrite("copyAllowlist", "ci.yml"))["text"], "https://github.com/\n");
    assert.match(String((await rewrite("switchToBlock", "ci.yml"))["problem"]), /does not say audit/);
    assert.ok((await rewrite("createSetupSteps", "copilot-setup-steps.yml"))["edit"]);
    writeFileSync(join(server.workflows, "copilot-setup-steps.yml"), "");
    assert.match(String((await rewrite("createSetupSteps", "ci.yml"))["problem"]), /is there already/);
    assert.match(String((await rewrite("nothing", "ci.yml"))["problem"]), /no refactoring nothing/);
  });

  it("completes endpoints, modes and inputs, in this action only", async () => {
    await start();
    const labels = async (name: string, text: string, what: string, plus: number): Promise<string[]> => {
      open(name, text);
      const items = await server.client.sendRequest<CompletionItem[]>("textDocument/completion", {
        textDocument: { uri: uri(name) },
        position: at(text, what, plus),
      });
      return items.map(({ label }) => label);
    };
    const list = blocking("pypi.org:443", "git");
    assert.ok((await labels("a.yml", list, "  git", 5)).includes("github.com:443"));
    assert.deepEqual(await labels("b.yml", hardened("egress-policy: "), "policy: ", 8), ["audit", "block"]);
    const inputs = await labels("c.yml", hardened("egress-policy: audit", "dis"), "dis", 3);
    assert.ok(inputs.includes("disable-sudo") && !inputs.includes("egress-policy"));
    const other = list.replace("step-security/harden-runner", "actions/checkout");
    assert.deepEqual(await labels("d.yml", other, "  git", 5), []);
    const item = (
      await server.client.sendRequest<CompletionItem[]>("textDocument/completion", {
        textDocument: { uri: uri("a.yml") },
        position: at(list, "  git", 5),
      })
    ).find(({ label }) => label === "github.com:443");
    assert.deepEqual(item?.textEdit, {
      range: { start: at(list, "  git", 2), end: at(list, "  git", 5) },
      newText: "github.com:443",
    });
  });

  it("completes, and explains, steps of our own Action too", async () => {
    await start();
    const own = (...inputs: string[]): string =>
      hardened(...inputs).replace(/uses: .*/, "uses: runglass/runglass/collector@v1");
    const text = own("on-unenforceable: ", "allowed-endpoints: |", "  *.pypi.org:8443", "  pyp");
    open("own.yml", text);
    const ask = async (position: object): Promise<string[]> => {
      const textDocument = { uri: uri("own.yml") };
      const items = await server.client.sendRequest<CompletionItem[]>("textDocument/completion", {
        textDocument,
        position,
      });
      return items.map(({ label }) => label);
    };
    assert.deepEqual(await ask(at(text, "unenforceable: ", 15)), ["fail", "audit"]);
    assert.ok((await ask(at(text, "  pyp\n", 5))).includes("pypi.org:443"));
    const hover = await server.client.sendRequest<Hover>("textDocument/hover", {
      textDocument: { uri: uri("own.yml") },
      position: at(text, "*.pypi", 1),
    });
    assert.match(JSON.stringify(hover.contents), /Every host below .*pypi\.org.* at TCP port 8443/);
  });

  it("tells how a document is made up, and what a repository's choice of rules holds", async () => {
    await start();
    const text = blocking("*.pypi.org:443");
    open("ci.yml", text);
    const textDocument = { uri: uri("ci.yml") };
    const links = await server.client.sendRequest<{ target: string }[]>("textDocument/documentLink", { textDocument });
    assert.match(links[0]?.target ?? "", /^https:\/\/github\.com\/step-security\/harden-runner\/tree\/0{40}$/);
    const { data } = await server.client.sendRequest<{ data: number[] }>("textDocument/semanticTokens/full", {
      textDocument,
    });
    assert.equal(data.length, 15);
    const folds = await server.client.sendRequest<object[]>("textDocument/foldingRange", { textDocument });
    assert.deepEqual(folds.at(-1), { startLine: 8, endLine: 9 });
    const [selection] = await server.client.sendRequest<{ parent: object }[]>("textDocument/selectionRange", {
      textDocument,
      positions: [at(text, "pypi")],
    });
    assert.ok(selection?.parent);
    open("../runglass.yml", "lint:\n  rules:\n    step/mising: off\n");
    assert.deepEqual(
      (await pull("../runglass.yml")).items?.map(({ message }) => message),
      [`there is no rule "step/mising": is it step/missing?`],
    );
  });

  it("shows what runs have used: hover, lens and hints", async () => {
    const log = join(server.folder, "run.ndjson");
    const flow = {
      id: "f",
      protocol: "tcp",
      local: { ip: "192.0.2.1", port: 1 },
      remote: { ip: "198.51.100.7", port: 443 },
    };
    const begin = {
      run: { id: "1", job: "build", workflow: ".github/workflows/ci.yml" },
      host: { name: "", os: "", kernel: "", arch: "" },
      collector: { version: "" },
      policy: { mode: "none", endpoints: [] },
    };
    const events = [
      { type: "run.start", ...begin },
      {
        type: "process.exec",
        process: "1",
        exec: { id: "1", pid: 1, ppid: 0, exe: "/usr/bin/pip", argv: [], cwd: "/", uid: 0 },
      },
      { type: "net.connect", process: "1", flow, host: { name: "pypi.org", source: "sni" }, result: "ok" },
      {
        type: "net.connect",
        process: "1",
        flow: { ...flow, id: "g" },
        host: { name: "new.example.org", source: "sni" },
        result: "ok",
      },
    ];
    writeFileSync(
      log,
      events
        .map((event, n) => `${JSON.stringify({ v: 1, seq: n + 1, t: 1_790_000_000_000_000, ...event })}\n`)
        .join(""),
    );
    await start([log]);
    const text = blocking("pypi.org:443", "github.com:443");
    open("ci.yml", text);
    assert.deepEqual(await codes("ci.yml"), ["observed/missing-endpoint"]);
    const textDocument = { uri: uri("ci.yml") };
    const hover = (what: string): Promise<Hover | null> =>
      server.client.sendRequest("textDocument/hover", { textDocument, position: at(text, what, 1) });
    assert.match(JSON.stringify((await hover("pypi.org:443"))?.contents), /1 of 1 runs, last on 2026-\d\d-\d\d.*pip/);
    assert.match(JSON.stringify((await hover("block"))?.contents), /private networks/i);
    assert.equal(await hover("runs-on"), null);
    const [lens] = await server.client.sendRequest<CodeLens[]>("textDocument/codeLens", { textDocument });
    assert.equal(lens?.command?.title, "block, 2 endpoints, 1 seen, 1 missing, in 1 run");
    const range = { start: { line: 0, character: 0 }, end: { line: 99, character: 0 } };
    const hints = await server.client.sendRequest<InlayHint[]>("textDocument/inlayHint", { textDocument, range });
    assert.deepEqual(
      hints.map(({ label, position }) => [label, position]),
      [["seen 1×, last 2026-09-21", at(text, "pypi.org:443", 12)]],
    );
    const above = { start: range.start, end: { line: 1, character: 0 } };
    assert.deepEqual(await server.client.sendRequest("textDocument/inlayHint", { textDocument, range: above }), []);
  });

  it("validates workflows in general where it is asked to, beside its own problems", async () => {
    await start([], {}, { workflowValidation: true });
    const published: { uri: string; diagnostics: Diagnostic[] }[] = [];
    const told = new Promise<void>((resolve) =>
      server.client.onNotification("textDocument/publishDiagnostics", (params: (typeof published)[number]) => {
        published.push(params);
        resolve();
      }),
    );
    open("ci.yml", blocking("pypi.org:g443").replace("runs-on", "runs_on"));
    await told;
    const [{ uri: of, diagnostics } = { uri: "", diagnostics: [] }] = published;
    assert.equal(of, uri("ci.yml"));
    assert.ok(diagnostics.some(({ message }) => String(message).includes("runs_on")));
    assert.ok(diagnostics.every(({ source }) => source === "github-actions"));
    assert.deepEqual(await codes("ci.yml"), ["endpoint/invalid-port"]);
    const taken = new Promise<unknown>((resolve) =>
      server.client.onNotification("textDocument/publishDiagnostics", (params: (typeof published)[number]) =>
        resolve(params.diagnostics),
      ),
    );
    void server.client.sendNotification("runglass/validationChanged", { workflowValidation: false });
    assert.deepEqual(await taken, []);
  });

  it("ends as the protocol says", async () => {
    await start();
    await assert.rejects(server.client.sendRequest("runglass/nothing", {}), { code: -32601 });
    await server.client.sendRequest("shutdown");
    void server.client.sendNotification("exit");
    assert.deepEqual((await once(server.child, "exit"))[0], 0);
    await start();
    void server.client.sendNotification("exit");
    assert.deepEqual((await once(server.child, "exit"))[0], 1);
    await start();
    server.child.stdin!.end();
    await once(server.child, "exit");
  });
});
