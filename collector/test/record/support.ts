// Runs the built collector against the live kernel, for the tests in this folder.
import assert from "node:assert/strict";
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { decodeLine } from "../../protocol/decode.ts";
import type { RunEvent } from "../../protocol/events.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
export const BUNDLE = join(root, "dist/runglass.js");
export const SENSOR = join(root, "dist/runglass-sensor");

const newestSource = (folder: string): number =>
  Math.max(
    ...readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith(".ts") && !entry.name.endsWith(".test.ts"))
      .map((entry) => statSync(join(entry.parentPath, entry.name)).mtimeMs),
  );

/** Builds the bundle where it is older than its source. Root and the sensor must be there: without them nothing is tested. */
export const prepare = (): void => {
  assert.equal(process.geteuid?.(), 0, "these tests watch processes with the kernel's help: run them as root");
  assert.ok(existsSync(SENSOR), "dist/runglass-sensor is missing: make -C collector/sensor OUT=../../dist");
  const source = Math.max(newestSource(join(root, "collector/src")), newestSource(join(root, "collector/protocol")));
  if (existsSync(BUNDLE) && statSync(BUNDLE).mtimeMs >= source) return;
  const built = spawnSync(process.execPath, ["extension/scripts/build.mjs"], { cwd: root, encoding: "utf8" });
  assert.equal(built.status, 0, `the bundle cannot be built: ${built.stderr}`);
};

/** A new directory that goes away with the test. */
export const scratch = (): { readonly path: string; readonly remove: () => void } => {
  const path = mkdtempSync(join(tmpdir(), "runglass-test-"));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
};

export type Typed<T extends RunEvent["type"]> = Extract<RunEvent, { type: T }>;

/** The events of a log, each decoded, their seq checked. */
export class Events {
  readonly all: readonly RunEvent[];
  readonly text: string;

  constructor(path: string) {
    this.text = readFileSync(path, "utf8");
    this.all = this.text
      .split("\n")
      .slice(0, -1)
      .map((line, i) => {
        const decoded = decodeLine(line);
        assert.ok(decoded.ok, `line ${i + 1}: ${decoded.ok ? "" : decoded.reason}: ${line}`);
        assert.ok(!("unknown" in decoded.event));
        assert.equal(decoded.event.seq, i + 1);
        return decoded.event;
      });
  }

  of<T extends RunEvent["type"]>(type: T): Typed<T>[] {
    return this.all.filter((event): event is Typed<T> => event.type === type);
  }

  /** The only process whose command line holds `label`, by its first exec. */
  labelled(label: string): Typed<"process.exec"> {
    const found = this.of("process.exec").filter((event) => event.exec.argv.join(" ").includes(label));
    assert.equal(
      new Set(found.map((event) => event.process)).size,
      1,
      `one process is labelled ${label}: ${this.text}`,
    );
    return found[0]!;
  }

  exitOf(process: string | undefined): Typed<"process.exit"> {
    const found = this.of("process.exit").filter((event) => event.process === process);
    assert.equal(found.length, 1, `one exit of ${process}: ${this.text}`);
    return found[0]!;
  }

  /** The log is whole: first and last event, counts of all lines, nothing lost. */
  assertWhole(): void {
    assert.equal(this.all[0]?.type, "run.start");
    const end = this.all.at(-1);
    assert.ok(end?.type === "run.end", `the last event is run.end: ${this.text.slice(-500)}`);
    const counts: Record<string, number> = {};
    for (const { type } of this.all) counts[type] = (counts[type] ?? 0) + 1;
    assert.deepEqual(end.counts, counts);
    assert.equal(end.lost, 0);
    assert.ok(this.of("coverage").some((event) => event.state === "on"));
  }
}

export interface Outcome {
  /** Exit code, or the name of the signal. */
  readonly code: number | NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A started runglass; `outcome` resolves when it is gone. */
export interface Running {
  readonly child: ChildProcess;
  readonly outcome: Promise<Outcome>;
  stderr(): string;
}

export interface StartOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  /** The program that runs the bundle, with its first arguments; this Node where absent. */
  readonly via?: readonly string[];
}

export const start = (argv: readonly string[], options: StartOptions = {}): Running => {
  const [program, ...first] = options.via ?? [process.execPath];
  const child = spawn(program!, [...first, BUNDLE, ...argv], {
    stdio: ["pipe", "pipe", "pipe"],
    env: { ...process.env, ...options.env },
  });
  let [stdout, stderr] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  child.stdin.on("error", () => undefined);
  child.stdin.end(options.stdin ?? "");
  const outcome = new Promise<Outcome>((resolve, reject) => {
    child.once("error", reject);
    // "exit", not "close": a process that the command leaves behind may hold the pipes for longer.
    child.once("exit", (code, signal) => setTimeout(() => resolve({ code: code ?? signal, stdout, stderr }), 20));
  });
  return { child, outcome, stderr: () => stderr };
};

export const run = (argv: readonly string[], options: StartOptions = {}): Promise<Outcome> =>
  start(argv, options).outcome;

/** Records a command; asserts that the log is whole and nothing of Runglass was said, and gives what is in it. */
export const record = async (...command: readonly string[]): Promise<{ outcome: Outcome; events: Events }> => {
  const { path, remove } = scratch();
  try {
    const out = join(path, "run.ndjson");
    const outcome = await run(["record", "--out", out, "--", ...command]);
    assert.ok(!outcome.stderr.includes("runglass: "), outcome.stderr);
    const events = new Events(out);
    events.assertWhole();
    return { outcome, events };
  } finally {
    remove();
  }
};

/** Polls until `condition` holds; fails with `what` after `ms`. */
export const until = async (condition: () => boolean, what: string, ms = 10_000): Promise<void> => {
  for (const end = Date.now() + ms; !condition();) {
    assert.ok(Date.now() < end, `waited in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
};
