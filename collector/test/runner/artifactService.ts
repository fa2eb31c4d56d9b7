// GitHub's artifact service as far as its published clients speak to it: Twirp calls over JSON to make, finish, list and find
// artifacts, and a store for their contents that takes blobs in blocks, as Azure's does.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { unzip } from "./unzip.ts";

const SERVICE = "/twirp/github.actions.results.api.v1.ArtifactService/";
const RUN = "ce7f54c7-61c7-4aae-887f-30da475f5f1a";
const JOB = "ca395085-040a-526b-2ce8-bdc85f692774";
/** The limit of one job. */
const MOST_ARTIFACTS = 500;

export interface Artifact {
  readonly id: number;
  readonly name: string;
  readonly expiresAt: string | undefined;
  readonly blocks: Map<string, Buffer>;
  content: Buffer | undefined;
  /** When it became visible; ms since the epoch. */
  finishedAt: number | undefined;
}

type Body = Readonly<Record<string, unknown>>;

/** What a test lets go wrong: the answer to one call. */
export type Fault =
  | { readonly kind: "status"; readonly status: number }
  /** The call has its effect, and the answer gets lost. */
  | { readonly kind: "lost" };

class Refused extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

const readBody = async (request: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk as Uint8Array));
  return Buffer.concat(chunks);
};

export class ArtifactService {
  readonly artifacts: Artifact[] = [];
  readonly #server: Server;
  readonly #faults: { readonly call: string; readonly fault: Fault }[] = [];
  /** Every call that came, in order. */
  readonly calls: string[] = [];
  readonly token: string;

  private constructor() {
    const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
    const claims = { scp: `Actions.ExampleScope Actions.Results:${RUN}:${JOB}` };
    this.token = `${part({ typ: "JWT", alg: "RS256" })}.${part(claims)}.c2lnbmF0dXJl`;
    this.#server = createServer((request, response) => void this.#answer(request, response));
  }

  static async start(): Promise<ArtifactService> {
    const service = new ArtifactService();
    await once(service.#server.listen(0, "127.0.0.1"), "listening");
    return service;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`;
  }

  /** The next such call, of those not spoken for yet, goes wrong. */
  fail(call: string, fault: Fault): void {
    this.#faults.push({ call, fault });
  }

  /** Names of the artifacts that anybody can see, in the order in which they came to be. */
  get names(): readonly string[] {
    return this.#visible().map(({ name }) => name);
  }

  /** The only file in the artifact of that name. */
  fileIn(name: string): { readonly name: string; readonly text: string } {
    const artifact = this.#visible().find((one) => one.name === name);
    assert.ok(artifact?.content !== undefined, `there is an artifact ${name}`);
    const files = [...unzip(artifact.content)];
    assert.equal(files.length, 1);
    const [file, bytes] = files[0]!;
    return { name: file, text: bytes.toString("utf8") };
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }

  #visible(): Artifact[] {
    return this.artifacts
      .filter(({ finishedAt }) => finishedAt !== undefined)
      .toSorted((a, b) => (a.finishedAt ?? 0) - (b.finishedAt ?? 0) || a.id - b.id);
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBody(request);
    const { pathname, searchParams } = new URL(request.url ?? "/", this.url);
    const call = pathname.startsWith(SERVICE)
      ? pathname.slice(SERVICE.length)
      : `blob ${searchParams.get("comp") ?? ""}`;
    this.calls.push(call);
    const planned = this.#faults.findIndex((one) => one.call === call);
    const fault = planned < 0 ? undefined : this.#faults.splice(planned, 1)[0]?.fault;
    try {
      if (fault?.kind === "status") throw new Refused(fault.status, "unavailable", "try again later");
      if (pathname.startsWith(SERVICE)) {
        if (request.headers.authorization !== `Bearer ${this.token}`) throw new Refused(401, "unauthenticated", "no");
        const answer = this.#call(call, JSON.parse(body.toString("utf8")) as Body);
        if (fault?.kind === "lost") return void request.socket.destroy();
        response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(answer));
      } else {
        this.#store(pathname, searchParams, body);
        response.writeHead(201, { "x-ms-request-id": "1", "x-ms-version": "2025-01-05" }).end();
      }
    } catch (error) {
      const { status, code, message } = error instanceof Refused ? error : new Refused(400, "malformed", String(error));
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify({ code, msg: message }));
    }
  }

  #call(call: string, body: Body): object {
    const { workflow_run_backend_id: run, workflow_job_run_backend_id: job } = body;
    if (run !== RUN || job !== JOB) throw new Refused(403, "permission_denied", "of another job");
    switch (call) {
      case "CreateArtifact":
        return this.#create(body);
      case "FinalizeArtifact":
        return this.#finalize(body);
      case "ListArtifacts":
        return {
          artifacts: this.#visible().map(({ id, name, content }) => ({
            workflow_run_backend_id: RUN,
            workflow_job_run_backend_id: JOB,
            database_id: String(id),
            name,
            size: String(content?.length ?? 0),
          })),
        };
      default:
        throw new Refused(404, "bad_route", call);
    }
  }

  #create({ name, version, expires_at: expiresAt }: Body): object {
    if (version !== 7 && version !== 4) throw new Refused(400, "invalid_argument", "version");
    if (typeof name !== "string" || !/^[^"/\\:<>|*?\r\n]{1,255}$/.test(name)) {
      throw new Refused(400, "invalid_argument", "name");
    }
    if (this.artifacts.some((artifact) => artifact.name === name)) {
      throw new Refused(409, "already_exists", "an artifact with this name already exists on the workflow run");
    }
    if (this.artifacts.length >= MOST_ARTIFACTS) throw new Refused(429, "resource_exhausted", "too many artifacts");
    const id = this.artifacts.length + 1;
    this.artifacts.push({
      id,
      name,
      expiresAt: typeof expiresAt === "string" ? expiresAt : undefined,
      blocks: new Map(),
      content: undefined,
      finishedAt: undefined,
    });
    return { ok: true, signed_upload_url: `${this.url}blob/${id}?sig=c2VjcmV0` };
  }

  #finalize({ name, size, hash }: Body): object {
    const artifact = this.artifacts.find((one) => one.name === name);
    if (artifact?.content === undefined) throw new Refused(404, "not_found", "no such artifact");
    if (String(size) !== String(artifact.content.length)) throw new Refused(400, "invalid_argument", "size");
    const digest = createHash("sha256").update(artifact.content).digest("hex");
    if (hash !== `sha256:${digest}`) throw new Refused(400, "invalid_argument", "hash");
    artifact.finishedAt = Date.now();
    return { ok: true, artifact_id: String(artifact.id) };
  }

  #store(path: string, query: URLSearchParams, body: Buffer): void {
    const artifact = this.artifacts.find(({ id }) => path === `/blob/${id}`);
    if (artifact === undefined || query.get("sig") !== "c2VjcmV0") throw new Refused(403, "AuthenticationFailed", "no");
    if (query.get("comp") === "block") {
      artifact.blocks.set(query.get("blockid") ?? "", body);
    } else if (query.get("comp") === "blocklist") {
      const ids = [...body.toString("utf8").matchAll(/<Latest>([^<]+)<\/Latest>/g)].map(([, id = ""]) => id);
      artifact.content = Buffer.concat(ids.map((id) => artifact.blocks.get(id) ?? assert.fail(`block ${id}`)));
    } else artifact.content = body;
  }
}
