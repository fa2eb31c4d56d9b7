// The uploader as the keeper sees it: files go in, and whether they came through comes out. It is started anew when it dies.
import { spawn, type ChildProcess } from "node:child_process";
import { randomInt } from "node:crypto";
import { chownSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { messageOf } from "../errors.ts";
import { jsonLine, readJsonLines } from "./jsonLines.ts";
import { NODE } from "./programs.ts";
import type { Uploaded } from "./segmentUploads.ts";

export interface UploaderStart {
  readonly service: Readonly<Record<string, string>>;
}

export interface UploadRequest {
  readonly id: number;
  readonly name: string;
  readonly file: string;
  readonly folder: string;
  /** How long it is kept; as long as the repository says where absent. */
  readonly days?: number;
}

type Answer = { readonly id: number } & Uploaded;

const MOST_STARTS = 4;
/** Systemd gives numbers of this range to services for the time that they run: no user has one. */
const FREE_UIDS = { from: 61_184, count: 4_000 } as const;

export class UploaderProcess {
  readonly #program: string;
  readonly #folder: string;
  readonly #service: UploaderStart["service"];
  readonly #uid = FREE_UIDS.from + randomInt(FREE_UIDS.count);
  readonly #waiting = new Map<number, (uploaded: Uploaded) => void>();
  #child: ChildProcess | undefined;
  #starts = 0;
  #id = 0;

  /** `folder` is the keeper's own; what is to be uploaded stands below it for the time of that. */
  constructor(program: string, folder: string, service: UploaderStart["service"]) {
    this.#program = program;
    this.#service = service;
    this.#folder = join(folder, "upload");
    mkdirSync(this.#folder, { mode: 0o750 });
    chownSync(this.#folder, 0, this.#uid);
    this.#start();
  }

  /** Uploads bytes as a file of that name. Never rejects. */
  upload(name: string, fileName: string, bytes: Buffer, days?: number): Promise<Uploaded> {
    const place = (file: string, gid: number): void => {
      writeFileSync(file, bytes, { mode: 0o640 });
      chownSync(file, 0, gid);
    };
    return this.uploadPlaced(name, fileName, place, days);
  }

  /** Uploads a file of that name, which `place` puts at a path such that the group may read it. Never rejects. */
  async uploadPlaced(
    name: string,
    fileName: string,
    place: (file: string, gid: number) => void,
    days?: number,
  ): Promise<Uploaded> {
    const file = join(this.#folder, fileName);
    try {
      place(file, this.#uid);
      return await this.#send(name, file, days);
    } catch (error) {
      // The job can have filled the disk.
      return { ok: false, reason: messageOf(error), taken: false };
    } finally {
      rmSync(file, { force: true });
    }
  }

  close(): void {
    this.#starts = MOST_STARTS;
    this.#child?.stdin?.end();
    this.#child?.kill("SIGTERM");
  }

  #send(name: string, file: string, days: number | undefined): Promise<Uploaded> {
    if (this.#child === undefined) this.#start();
    const child = this.#child;
    if (child === undefined) {
      return Promise.resolve({ ok: false, reason: "the uploader has died too often", taken: false });
    }
    const id = ++this.#id;
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve);
      const request: UploadRequest = { id, name, file, folder: this.#folder, ...(days === undefined ? {} : { days }) };
      child.stdin?.write(jsonLine(request));
    });
  }

  #start(): void {
    if (this.#starts >= MOST_STARTS) return;
    this.#starts += 1;
    const child = spawn(NODE, [this.#program, String(this.#uid)], {
      stdio: ["pipe", "ignore", "ignore", "pipe"],
      cwd: "/",
      env: { PATH: "/usr/bin:/bin", LANG: "C.UTF-8" },
    });
    this.#child = child;
    child.stdin?.on("error", () => undefined);
    child.stdin?.write(jsonLine({ service: this.#service } satisfies UploaderStart));
    readJsonLines(child.stdio[3] as Readable, (message) => {
      const { id, ...uploaded } = message as Answer;
      const done = this.#waiting.get(id);
      this.#waiting.delete(id);
      done?.(uploaded as Uploaded);
    });
    const gone = (why: string): void => {
      if (this.#child === child) this.#child = undefined;
      for (const done of this.#waiting.values())
        done({ ok: false, reason: `the uploader ended: ${why}`, taken: false });
      this.#waiting.clear();
    };
    child.once("error", (error) => gone(error.message));
    child.once("exit", (code, signal) => gone(signal ?? `exit code ${code ?? 0}`));
  }
}
