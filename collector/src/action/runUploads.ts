// What is uploaded of one run: segments of its log while that grows, and the log as a whole.
import { chmodSync, chownSync, linkSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { logName, verdictName, type VerdictName } from "../../protocol/artifactNames.ts";
import { SegmentReader } from "./segmentReader.ts";
import { SegmentUploads } from "./segmentUploads.ts";
import { UploaderProcess } from "./uploaderProcess.ts";

export interface RunUploadsOptions {
  /** The uploader's. */
  readonly program: string;
  /** The keeper's own. */
  readonly folder: string;
  readonly log: string;
  readonly key: string;
  readonly service: Readonly<Record<string, string>>;
  /** Segments too, not the whole log alone. */
  readonly live: boolean;
}

const SEGMENT_DAYS = 1;
const LOG_TRIES = 4;
const RETRY_MS = 3_000;

export class RunUploads {
  readonly #options: RunUploadsOptions;
  readonly #uploader: UploaderProcess;
  readonly #reader: SegmentReader | undefined;
  readonly #segments: SegmentUploads | undefined;
  readonly #running: Promise<void>;
  /** Why segments do not get through at present. */
  #trouble: string | undefined;

  private constructor(options: RunUploadsOptions, reader: SegmentReader | undefined) {
    this.#options = options;
    this.#uploader = new UploaderProcess(options.program, options.folder, options.service);
    this.#reader = reader;
    if (reader !== undefined) {
      this.#segments = new SegmentUploads({
        key: options.key,
        reader,
        upload: (name, bytes) => this.#uploader.upload(name, `${name}.ndjson`, bytes, SEGMENT_DAYS),
        onTrouble: (reason) => (this.#trouble = reason),
      });
    }
    this.#running = this.#segments?.run() ?? Promise.resolve();
  }

  static async start(options: RunUploadsOptions): Promise<RunUploads> {
    return new RunUploads(options, options.live ? await SegmentReader.open(options.log) : undefined);
  }

  /** Uploads the last segments of a log that grows no more; gives what the user should know. */
  async finish(): Promise<readonly string[]> {
    this.#segments?.end();
    await this.#running;
    const whole = (await this.#segments?.finish()) ?? true;
    await this.#reader?.close();
    return whole ? [] : [`not all of the log could be followed while the job ran: ${this.#trouble ?? "unknown why"}`];
  }

  /** Uploads the log as a whole; undefined where that went well, else why not. */
  async log(): Promise<string | undefined> {
    const { log, key } = this.#options;
    for (let tries = 1; ; tries++) {
      const uploaded = await this.#uploader.uploadPlaced(logName(key), `runglass-${key}.ndjson`, (path, gid) => {
        linkSync(log, path);
        chownSync(path, 0, gid);
        chmodSync(path, 0o640);
      });
      if (uploaded.ok) return undefined;
      if (tries === LOG_TRIES || uploaded.taken) return uploaded.reason;
      await sleep(RETRY_MS * tries);
    }
  }

  /** Says in the name of an artifact what came of the run. That it does not get through is nothing to worry anybody with. */
  async verdict(verdict: Omit<VerdictName, "kind" | "key">): Promise<void> {
    const name = verdictName({ key: this.#options.key, ...verdict });
    await this.#uploader.upload(name, "verdict.json", Buffer.from(`${JSON.stringify(verdict)}\n`));
  }

  close(): void {
    this.#uploader.close();
  }

  /** Ends everything at once. */
  abandon(): void {
    this.#segments?.end();
    this.#uploader.close();
  }
}
