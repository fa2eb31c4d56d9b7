// The server as editors run it: a process that speaks the protocol over its pipes.
import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, unlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import {
  createProtocolConnection,
  StreamMessageReader,
  StreamMessageWriter,
  type CodeAction,
  type CodeLens,
  type CompletionItem,
  type Diagnostic,
  type Hover,
  type InlayHint,
  type ProtocolConnection,
  type WorkspaceDiagnosticReport,
} from "vscode-languageserver-protocol/node";
import { blocking, hardened } from "./judged.ts";

const SERVER = fileURLToPath(new URL("../src/main.ts", import.meta.url));

interface Report {
  readonly kind: string;
  readonly resultId?: string;
  readonly items?: readonly Diagnostic[];
}

describe("the language server", function () {
  this.timeout(30_000);
  let folder = "";
  let workflows = "";
  let child: ChildProcess;
  let client: ProtocolConnection;
  let version = 0;

  const uri = (name: string): string => pathToFileURL(join(workflows, name)).href;
  const start = async (
    observed: readonly string[] = [],
    clientCapabilities: object = {},
    options: object = {},
  ): Promise<Record<string, unknown>> => {
    child = spawn(process.execPath, [SERVER, "--stdio"], { stdio: ["pipe", "pipe", "inherit"] });
    client = createProtocolConnection(new StreamMessageReader(child.stdout!), new StreamMessageWriter(child.stdin!));
    client.onError(() => undefined);
    client.listen();
    const { capabilities } = await client.sendRequest<{ capabilities: Record<string, unknown> }>("initialize", {
      processId: process.pid,
      rootUri: null,
      workspaceFolders: [{ uri: pathToFileURL(folder).href, name: "w" }],
      capabilities: clientCapabilities,
      initializationOptions: { observed, ...options },
    });
    void client.sendNotification("initialized", {});
    return capabilities;
  };
  const open = (name: string, text: string): void =>
    void client.sendNotification("textDocument/didOpen", {
      textDocument: { uri: uri(name), languageId: "plaintext", version: ++version, text },
    });
  const pull = (name: string, previousResultId?: string): Promise<Report> =>
    client.sendRequest("textDocument/diagnostic", { textDocument: { uri: uri(name) }, previousResultId });
  const codes = async (name: string): Promise<unknown[]> => ((await pull(name)).items ?? []).map(({ code }) => code);
  /** The position of a text in a text. */
  const at = (text: string, what: string, plus = 0): { line: number; character: number } => {
    const lines = text.slice(0, text.indexOf(what) + plus).split("\n");
    return { line: lines.length - 1, character: lines.at(-1)!.length };
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "runglass-lsp-"));
    workflows = join(folder, ".github/workflows");
    mkdirSync(workflows, { recursive: true });
  });
  afterEach(async () => {
    client.dispose();
    child.kill("SIGKILL");
    if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
    rmSync(folder, { recursive: true, force: true });
  });

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
    void client.sendNotification("textDocument/didChange", {
      textDocument: { uri: uri("ci.yml"), version: ++version },
      contentChanges: [{ range: { start: start_, end: { ...start_, character: start_.character + 1 } }, text: "" }],
    });
    const second = await pull("ci.yml", first.resultId);
    assert.deepEqual([second.kind, second.items], ["full", []]);
    open("../other.yml", blocking("pypi.org:g443"));
    assert.deepEqual(await codes("../other.yml"), []);
  });

  it("judges the workspace, and files that change on the disk", async () => {
    writeFileSync(join(workflows, "a.yml"), blocking("pypi.org:g443"));
    writeFileSync(join(workflows, "b.yml"), "on: push\n");
    await start();
    const workspace = (
      previousResultIds: readonly { uri: string; value: string }[] = [],
    ): Promise<WorkspaceDiagnosticReport> => client.sendRequest("workspace/diagnostic", { previousResultIds });
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
    writeFileSync(join(workflows, "b.yml"), blocking("pypi.org:g80"));
    unlinkSync(join(workflows, "a.yml"));
    void client.sendNotification("workspace/didChangeWatchedFiles", { changes: [{ uri: uri("b.yml"), type: 2 }] });
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
      client.sendRequest("textDocument/codeAction", {
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
    const resolved = await client.sendRequest<CodeAction>("codeAction/resolve", all);
    assert.deepEqual(
      resolved.edit?.changes?.[uri("ci.yml")]?.map(({ newText }) => newText.replaceAll(/\s+/g, " ")),
      ["443 github.com:443"],
    );
  });

  it("offers to rename what Copilot looks for elsewhere, where the editor can", async () => {
    await start([], { workspace: { workspaceEdit: { documentChanges: true, resourceOperations: ["rename"] } } });
    open("copilot-setup-steps.yaml", "on: push\n");
    const start_ = { line: 0, character: 0 };
    const [rename] = await client.sendRequest<CodeAction[]>("textDocument/codeAction", {
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
      client.sendRequest("textDocument/codeAction", {
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
    const { edit } = await client.sendRequest<CodeAction>("codeAction/resolve", action);
    assert.match(JSON.stringify(edit?.documentChanges), /Left out: a\.\* /);
    const [annotation] = Object.values(edit?.changeAnnotations ?? {});
    assert.deepEqual(annotation?.needsConfirmation, true);
    const [setup] = await ask(at(text, "on:"), ["refactor.rewrite.runglass.createSetupSteps"]);
    const made = await client.sendRequest<CodeAction>("codeAction/resolve", setup);
    const path = uri("copilot-setup-steps.yml");
    assert.deepEqual(
      made.edit?.documentChanges?.map((one) => ("kind" in one ? [one.kind, "uri" in one && one.uri] : "")),
      [["create", path], ""],
    );

    const rewrite = (refactoring: string, name: string): Promise<Record<string, unknown>> =>
      client.sendRequest("runglass/rewrite", { refactoring, uri: uri(name), position: at(text, "block") });
    assert.deepEqual((await rewrite("copyAllowlist", "ci.yml"))["text"], "https://github.com/\n");
    assert.match(String((await rewrite("switchToBlock", "ci.yml"))["problem"]), /does not say audit/);
    assert.ok((await rewrite("createSetupSteps", "copilot-setup-steps.yml"))["edit"]);
    writeFileSync(join(workflows, "copilot-setup-steps.yml"), "");
    assert.match(String((await rewrite("createSetupSteps", "ci.yml"))["problem"]), /is there already/);
    assert.match(String((await rewrite("nothing", "ci.yml"))["problem"]), /no refactoring nothing/);
  });

  it("completes endpoints, modes and inputs, in this action only", async () => {
    await start();
    const labels = async (name: string, text: string, what: string, plus: number): Promise<string[]> => {
      open(name, text);
      const items = await client.sendRequest<CompletionItem[]>("textDocument/completion", {
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
      await client.sendRequest<CompletionItem[]>("textDocument/completion", {
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
      const items = await client.sendRequest<CompletionItem[]>("textDocument/completion", { textDocument, position });
      return items.map(({ label }) => label);
    };
    assert.deepEqual(await ask(at(text, "unenforceable: ", 15)), ["fail", "audit"]);
    assert.ok((await ask(at(text, "  pyp\n", 5))).includes("pypi.org:443"));
    const hover = await client.sendRequest<Hover>("textDocument/hover", {
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
    const links = await client.sendRequest<{ target: string }[]>("textDocument/documentLink", { textDocument });
    assert.match(links[0]?.target ?? "", /^https:\/\/github\.com\/step-security\/harden-runner\/tree\/0{40}$/);
    const { data } = await client.sendRequest<{ data: number[] }>("textDocument/semanticTokens/full", { textDocument });
    assert.equal(data.length, 15);
    const folds = await client.sendRequest<object[]>("textDocument/foldingRange", { textDocument });
    assert.deepEqual(folds.at(-1), { startLine: 8, endLine: 9 });
    const [selection] = await client.sendRequest<{ parent: object }[]>("textDocument/selectionRange", {
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
    const log = join(folder, "run.ndjson");
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
      client.sendRequest("textDocument/hover", { textDocument, position: at(text, what, 1) });
    assert.match(JSON.stringify((await hover("pypi.org:443"))?.contents), /1 of 1 runs, last on 2026-\d\d-\d\d.*pip/);
    assert.match(JSON.stringify((await hover("block"))?.contents), /private networks/i);
    assert.equal(await hover("runs-on"), null);
    const [lens] = await client.sendRequest<CodeLens[]>("textDocument/codeLens", { textDocument });
    assert.equal(lens?.command?.title, "block, 2 endpoints, 1 seen, 1 missing, in 1 run");
    const range = { start: { line: 0, character: 0 }, end: { line: 99, character: 0 } };
    const hints = await client.sendRequest<InlayHint[]>("textDocument/inlayHint", { textDocument, range });
    assert.deepEqual(
      hints.map(({ label, position }) => [label, position]),
      [["seen 1×, last 2026-09-21", at(text, "pypi.org:443", 12)]],
    );
    const above = { start: range.start, end: { line: 1, character: 0 } };
    assert.deepEqual(await client.sendRequest("textDocument/inlayHint", { textDocument, range: above }), []);
  });

  it("validates workflows in general where it is asked to, beside its own problems", async () => {
    await start([], {}, { workflowValidation: true });
    const published: { uri: string; diagnostics: Diagnostic[] }[] = [];
    const told = new Promise<void>((resolve) =>
      client.onNotification("textDocument/publishDiagnostics", (params: (typeof published)[number]) => {
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
      client.onNotification("textDocument/publishDiagnostics", (params: (typeof published)[number]) =>
        resolve(params.diagnostics),
      ),
    );
    void client.sendNotification("runglass/validationChanged", { workflowValidation: false });
    assert.deepEqual(await taken, []);
  });

  it("checks policies by what the user wants of the rules, where the repository does not say it", async () => {
    const refresh = { refreshSupport: true };
    const client_ = { workspace: { diagnostics: refresh, codeLens: refresh, inlayHint: refresh } };
    const config = join(folder, ".github/runglass.yml");
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
        client.onRequest(`workspace/${what}/refresh`, () => {
          asked.push(what);
          if (asked.length === 3) resolve();
          return null;
        });
    });
    void client.sendNotification("runglass/lintChanged", { lint: true, rules: { "endpoint/missing-port": "off" } });
    await all;
    assert.deepEqual(await severities(), [["endpoint/invalid-port", 2]]);
  });

  it("says nothing by itself where policies are not to be checked, and answers what is asked for by name", async () => {
    const text = blocking("pypi.org:g443");
    writeFileSync(join(workflows, "ci.yml"), text);
    await start([], {}, { lint: false, workflowValidation: true });
    const told = new Promise<{ diagnostics: Diagnostic[] }>((resolve) =>
      client.onNotification("textDocument/publishDiagnostics", resolve),
    );
    open("ci.yml", text.replace("runs-on", "runs_on"));
    assert.ok((await told).diagnostics.some(({ source }) => source === "github-actions"));
    const textDocument = { uri: uri("ci.yml") };
    const position = at(text, "block", 1);
    const range = { start: position, end: position };
    const ask = (method: string, more: object = {}): Promise<unknown> =>
      client.sendRequest(`textDocument/${method}`, { textDocument, position, range, ...more });
    assert.deepEqual(await codes("ci.yml"), []);
    assert.deepEqual(
      (await client.sendRequest<WorkspaceDiagnosticReport>("workspace/diagnostic", { previousResultIds: [] })).items,
      [],
    );
    assert.deepEqual(
      [await ask("codeAction", { context: { diagnostics: [] } }), await ask("completion"), await ask("codeLens")],
      [[], [], []],
    );
    assert.equal(await ask("hover"), null);
    const copied = await client.sendRequest<{ problem?: string }>("runglass/rewrite", {
      refactoring: "switchToBlock",
      uri: uri("ci.yml"),
      position,
    });
    assert.match(String(copied.problem), /does not say audit/);
    void client.sendNotification("runglass/lintChanged", { lint: true, rules: {} });
    assert.deepEqual(await codes("ci.yml"), ["endpoint/invalid-port"]);
  });

  it("reads a log anew when it has changed, and only then", async () => {
    const log = join(folder, "run.ndjson");
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
      void client.sendNotification("runglass/observedChanged", { observed });
    observe(log, log);
    assert.equal((await pull("ci.yml", resultId)).kind, "unchanged");
    writeFileSync(log, begun + connect("pypi.org") + connect("new.example.org"));
    observe(log);
    assert.deepEqual(await missing(), ["new.example.org:443", "pypi.org:443"]);
    observe(join(folder, "gone.ndjson"));
    assert.deepEqual(await missing(), []);
  });

  it("ends as the protocol says", async () => {
    await start();
    await assert.rejects(client.sendRequest("runglass/nothing", {}), { code: -32601 });
    await client.sendRequest("shutdown");
    void client.sendNotification("exit");
    assert.deepEqual((await once(child, "exit"))[0], 0);
    await start();
    void client.sendNotification("exit");
    assert.deepEqual((await once(child, "exit"))[0], 1);
    await start();
    child.stdin!.end();
    await once(child, "exit");
  });
});
