// The server as editors run it: a process that speaks the protocol over its pipes, in a workspace of its own for each test.
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import {
  createProtocolConnection,
  StreamMessageReader,
  StreamMessageWriter,
  type Diagnostic,
  type ProtocolConnection,
} from "vscode-languageserver-protocol/node";

const SERVER = fileURLToPath(new URL("../src/main.ts", import.meta.url));

export interface Report {
  readonly kind: string;
  readonly resultId?: string;
  readonly items?: readonly Diagnostic[];
}

/** The position of a text in a text. */
export const at = (text: string, what: string, plus = 0): { line: number; character: number } => {
  const lines = text.slice(0, text.indexOf(what) + plus).split("\n");
  return { line: lines.length - 1, character: lines.at(-1)!.length };
};

export class ServerFixture {
  folder = "";
  workflows = "";
  child!: ChildProcess;
  client!: ProtocolConnection;
  #version = 0;

  readonly uri = (name: string): string => pathToFileURL(join(this.workflows, name)).href;

  /** @returns what the server can do */
  readonly start = async (
    observed: readonly string[] = [],
    clientCapabilities: object = {},
    options: object = {},
  ): Promise<Record<string, unknown>> => {
    this.child = spawn(process.execPath, [SERVER, "--stdio"], { stdio: ["pipe", "pipe", "inherit"] });
    this.client = createProtocolConnection(
      new StreamMessageReader(this.child.stdout!),
      new StreamMessageWriter(this.child.stdin!),
    );
    this.client.onError(() => undefined);
    this.client.listen();
    const { capabilities } = await this.client.sendRequest<{ capabilities: Record<string, unknown> }>("initialize", {
      processId: process.pid,
      rootUri: null,
      workspaceFolders: [{ uri: pathToFileURL(this.folder).href, name: "w" }],
      capabilities: clientCapabilities,
      initializationOptions: { observed, ...options },
    });
    void this.client.sendNotification("initialized", {});
    return capabilities;
  };

  readonly openUri = (uri: string, text: string): void =>
    void this.client.sendNotification("textDocument/didOpen", {
      textDocument: { uri, languageId: "plaintext", version: this.nextVersion(), text },
    });

  readonly open = (name: string, text: string): void => this.openUri(this.uri(name), text);

  readonly nextVersion = (): number => ++this.#version;

  readonly pull = (name: string, previousResultId?: string): Promise<Report> =>
    this.client.sendRequest("textDocument/diagnostic", { textDocument: { uri: this.uri(name) }, previousResultId });

  readonly codes = async (name: string): Promise<unknown[]> =>
    ((await this.pull(name)).items ?? []).map(({ code }) => code);
}

/** Declares the hooks of a suite. */
export const useServer = (): ServerFixture => {
  const server = new ServerFixture();
  beforeEach(() => {
    server.folder = mkdtempSync(join(tmpdir(), "runglass-lsp-"));
    server.workflows = join(server.folder, ".github/workflows");
    mkdirSync(server.workflows, { recursive: true });
  });
  afterEach(async () => {
    const { child, client, folder } = server;
    client.dispose();
    child.kill("SIGKILL");
    if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
    rmSync(folder, { recursive: true, force: true });
  });
  return server;
};
