// A GitHub that tests change as they go, and what a job has uploaded to it: sealed logs, their pieces, archives of them.
import { createHash } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { crc32, deflateRawSync } from "node:zlib";
import { logName, segmentName } from "../../../collector/protocol/artifactNames.ts";
import { hashField, NO_SEAL, sealLine } from "../../../collector/protocol/seal.ts";
import { UserError, type Failure } from "../errors.ts";
import type { HostedArtifact, HostedJob, HostedSource, WorkflowRunFacts, WrittenText } from "./hostedSource.ts";
import { startLine, testEvent } from "../stream/testCollector.ts";

export const testKey = "copilot.1.a1b2c3";

/** An archive of these files, as the artifact client makes one. */
export const zipOf = (files: Readonly<Record<string, string | Buffer>>): Buffer => {
  const local: Buffer[] = [];
  const central: Buffer[] = [];
  let offset = 0;
  for (const [name, content] of Object.entries(files)) {
    const bytes = Buffer.from(content);
    const packed = deflateRawSync(bytes);
    const header = Buffer.alloc(30);
    header.writeUInt32LE(0x04034b50, 0);
    header.writeUInt16LE(20, 4);
    header.writeUInt16LE(8, 8);
    header.writeUInt32LE(crc32(bytes), 14);
    header.writeUInt32LE(packed.length, 18);
    header.writeUInt32LE(bytes.length, 22);
    header.writeUInt16LE(Buffer.byteLength(name), 26);
    local.push(header, Buffer.from(name), packed);
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(0x02014b50, 0);
    entry.writeUInt16LE(20, 4);
    header.copy(entry, 6, 4, 30);
    entry.writeUInt32LE(offset, 42);
    central.push(entry, Buffer.from(name));
    offset += 30 + Buffer.byteLength(name) + packed.length;
  }
  const end = Buffer.alloc(22);
  const directory = Buffer.concat(central);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(Object.keys(files).length, 8);
  end.writeUInt16LE(Object.keys(files).length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...local, directory, end]);
};

/** A line of a log, without its line end, by its seq. */
type LineOf = (seq: number) => string;

/**
 * The lines, with line ends, of a log that is sealed as the collector does it: at each seq that `every` divides, and in front
 * of the last event, which is the run's end.
 */
export const sealedLines = (events: readonly LineOf[], every = 5): string[] => {
  const lines: string[] = [];
  let [previous, first] = [NO_SEAL, 1];
  const seal = (after: string): void => {
    const seq = lines.length + 1;
    const last = after === "" ? seq : seq + 1;
    const { head, tail } = sealLine(seq, String(1_790_000_000_000_000 + seq), first, last, previous);
    const text = [...lines.slice(first - 1), head + tail, after].join("");
    previous = createHash("sha256").update(text).digest("hex");
    first = last + 1;
    lines.push(head + hashField(previous) + tail);
  };
  for (const [i, event] of events.entries()) {
    const isLast = i === events.length - 1;
    if (!isLast && (lines.length + 1) % every === 0) seal("");
    if (isLast) {
      const end = `${event(lines.length + 2)}\n`;
      seal(end);
      lines.push(end);
    } else lines.push(`${event(lines.length + 1)}\n`);
  }
  return lines;
};

/** A finished run of `count` lines, seals among them. */
export const sealedRun = (count: number, every = 5): string[] => {
  const isSeal = (seq: number): boolean => seq === count - 1 || (seq < count && seq % every === 0);
  const events: LineOf[] = [];
  for (let seq = 1; seq < count; seq += 1) {
    if (!isSeal(seq)) events.push(seq === 1 ? () => startLine() : (own) => testEvent(own));
  }
  return sealedLines([...events, (seq) => testEvent(seq, "run.end", '"counts":{},"lost":0')], every);
};

export class TestGitHub implements HostedSource {
  facts: WorkflowRunFacts = {
    status: "in_progress",
    conclusion: undefined,
    attempt: 1,
    title: "Running Copilot cloud agent",
    workflow: "Copilot cloud agent",
    branch: "copilot/add-x",
    headSha: "c08e8dcb90a088ed0f2156300c18f5e73097974d",
    event: "dynamic",
    url: "https://github.com/o/r/actions/runs/7",
    startedAt: 1_790_000_000_000,
    actor: { login: "Copilot" },
  };
  jobList: HostedJob[] = [];
  log: string | undefined;
  pullList: (WrittenText & { readonly number: number })[] = [];
  commentList: WrittenText[] = [];
  /** Given instead of the next answers. */
  failure: Failure | undefined;
  looks = 0;
  billedLastHour = 0;
  /** Pages of artifacts that were asked for. */
  pages = 0;
  /** Names of what was downloaded, in order. */
  readonly downloads: string[] = [];
  readonly #uploads: { artifact: HostedArtifact; readonly content: Buffer | Failure }[] = [];

  get artifactList(): readonly HostedArtifact[] {
    return this.#uploads.map(({ artifact }) => artifact);
  }

  /** Puts an artifact there; a failure is what its download ends in. Gives its id. */
  upload(name: string, content: Buffer | Failure, more: Partial<HostedArtifact> = {}): number {
    const id = this.#uploads.length + 1;
    const size = Buffer.isBuffer(content) ? content.length : 1000;
    const artifact = { id, name, size, expired: false, createdAt: 1_790_000_001_000, ...more };
    this.#uploads.unshift({ artifact, content });
    return id;
  }

  /** Uploads the lines `first` to `last` of a log, numbered from 1. */
  segment(lines: readonly string[], number: number, first: number, last: number, key = testKey): number {
    const content = lines.slice(first - 1, last).join("");
    return this.upload(segmentName({ key, number, first, last }), zipOf({ "segment.ndjson": content }));
  }

  sealedLog(lines: readonly string[], key = testKey): number {
    return this.upload(logName(key), zipOf({ "run.ndjson": lines.join("") }));
  }

  expire(name: RegExp): void {
    for (const upload of this.#uploads) {
      if (name.test(upload.artifact.name)) upload.artifact = { ...upload.artifact, expired: true };
    }
  }

  /** What a new attempt does to the artifacts of the one before. */
  forget(): void {
    this.#uploads.splice(0);
  }

  async run(): Promise<WorkflowRunFacts> {
    this.looks += 1;
    if (this.failure !== undefined) throw new UserError(this.failure);
    return this.facts;
  }

  async jobs(): Promise<readonly HostedJob[]> {
    return this.jobList;
  }

  async jobLog(): Promise<string | undefined> {
    return this.log;
  }

  async pulls(): Promise<readonly (WrittenText & { readonly number: number })[]> {
    return this.pullList;
  }

  async comments(): Promise<{ readonly items: readonly WrittenText[] }> {
    return { items: this.commentList };
  }

  async artifacts(
    _repository: unknown,
    _run: number,
    { pages = 20 }: { readonly pages?: number } = {},
  ): Promise<{ readonly items: readonly HostedArtifact[]; readonly complete: boolean }> {
    const items = this.artifactList.slice(0, pages * 100);
    this.pages += Math.max(1, Math.ceil(items.length / 100));
    return { items, complete: items.length === this.artifactList.length };
  }

  async downloadArtifact(
    _repository: unknown,
    id: number,
    path: string,
    options: { readonly onProgress?: (bytes: number) => void; readonly signal?: AbortSignal },
  ): Promise<number> {
    const found = this.#uploads.find(({ artifact }) => artifact.id === id);
    if (found === undefined) throw new Error(`there is no artifact ${id}`);
    this.downloads.push(found.artifact.name);
    if (!Buffer.isBuffer(found.content)) throw new UserError(found.content);
    options.signal?.throwIfAborted();
    options.onProgress?.(found.content.length);
    await writeFile(path, found.content, { flag: "wx" });
    return found.content.length;
  }
}
