import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { createConnection, createServer, type Server, type Socket } from "node:net";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ControlSocket } from "./controlSocket.ts";
import type { Outcome, StopReport } from "./messages.ts";
import { stopHashOf } from "./stopProof.ts";
import { stopRun, type StopPatience } from "./stopRun.ts";

const OUTCOME: Outcome = {
  failures: [],
  warnings: [],
  denials: [],
  verdict: { policy: "enforced", findings: 0, denied: 0, broken: false },
  unenforced: "never armed",
  markdown: "what the job did",
  log: "/a/log",
};
const PATIENT: StopPatience = { heardMs: 60_000, tryMs: 5_000, pauseMs: 5, endMs: 60_000 };
const WORD = "the word of this test";

describe("the end of a run", () => {
  let folder: string;
  let path: string;
  const closing: (() => void)[] = [];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "runglass-stop-"));
    path = join(folder, "control.sock");
  });
  afterEach(() => {
    for (const close of closing.splice(0)) close();
    rmSync(folder, { recursive: true });
  });

  /** A keeper's socket; `stops` are the channels that it was given to tell by. */
  const control = async (): Promise<{ readonly stops: ((report: StopReport) => void)[]; refused: number }> => {
    const seen = { stops: [] as ((report: StopReport) => void)[], refused: 0 };
    const owner = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
    const socket = new ControlSocket({
      path,
      owner,
      stopHash: stopHashOf(WORD),
      onStop: (tell) => {
        seen.stops.push(tell);
        tell({ kind: "outcome", outcome: OUTCOME });
      },
      onRefused: () => (seen.refused += 1),
    });
    await socket.listen();
    closing.push(() => socket.close());
    return seen;
  };

  /** Somebody who connects `count` times, says nothing, and comes again whenever he is thrown out. */
  const holder = async (count: number): Promise<void> => {
    const held = new Set<Socket>();
    let over = false;
    const hold = (): Promise<void> =>
      new Promise((resolve) => {
        const socket = createConnection(path, resolve);
        held.add(socket);
        socket.on("error", () => undefined);
        socket.once("close", () => {
          held.delete(socket);
          resolve();
          if (!over) setTimeout(() => void hold(), 1);
        });
      });
    closing.push(() => {
      over = true;
      for (const socket of held) socket.destroy();
    });
    await Promise.all(Array.from({ length: count }, hold));
  };

  /** A server that does with its connections what a test says. */
  const server = async (take: (socket: Socket, nth: number) => void): Promise<Server> => {
    let nth = 0;
    const sockets = new Set<Socket>();
    const made = createServer((socket) => {
      sockets.add(socket);
      socket.on("error", () => undefined);
      take(socket, nth++);
    });
    await once(made.listen(path), "listening");
    closing.push(() => {
      made.close();
      for (const socket of sockets) socket.destroy();
    });
    return made;
  };

  it("is heard although others hold more connections than there is room for", async () => {
    const seen = await control();
    await holder(300);
    assert.deepEqual(await stopRun(path, WORD, PATIENT), OUTCOME);
    assert.equal(seen.stops.length, 1);
    assert.equal(seen.refused, 0);
  });

  it("is told to whoever knows the word and asks again, and happens once", async () => {
    const seen = await control();
    assert.deepEqual(await stopRun(path, WORD, PATIENT), OUTCOME);
    assert.deepEqual(await stopRun(path, WORD, PATIENT), OUTCOME);
    assert.equal(seen.stops.length, 1);
  });

  it("is not for another word, and that is no matter of trying again", async () => {
    const seen = await control();
    await assert.rejects(stopRun(path, "another", PATIENT), /^UserError: this is not the word that ends the run/);
    assert.deepEqual([seen.refused, seen.stops.length], [1, 0]);
  });

  it("is tried again while connections are thrown out", async () => {
    await server((socket, nth) => {
      if (nth < 5) socket.destroy();
      else
        socket.end(`${JSON.stringify({ kind: "taken" })}\n${JSON.stringify({ kind: "outcome", outcome: OUTCOME })}\n`);
    });
    assert.deepEqual(await stopRun(path, WORD, PATIENT), OUTCOME);
  });

  it("is given up in the end where nobody hears, with what becomes of the run", async () => {
    const lost =
      /^UserError: a program of this job keeps others from reaching Runglass .* uploads its log when the runner ends/;
    await server(() => undefined);
    await assert.rejects(stopRun(path, WORD, { ...PATIENT, heardMs: 30, tryMs: 10 }), lost);
  });

  it("says at once that nobody is there any more", async () => {
    await assert.rejects(stopRun(path, WORD, PATIENT), /^UserError: Runglass was ended before the job was/);
    await server((socket) => void socket.end(`${JSON.stringify({ kind: "taken" })}\n`));
    await assert.rejects(stopRun(path, WORD, PATIENT), /^UserError: Runglass was ended while it was telling/);
  });
});
