// From a kernel event to the run that shows it, where no editor reaches the runner: a job of the small runner with the Action in it
// uploads its log in pieces; they are put onto a GitHub of the tests' own as soon as they are there, and the extension's client and
// follower fetch them as they do from GitHub. Real are the kernel's events, the Action with its budget of pieces, GitHub's own
// artifact client, archives, HTTP and the follower's rhythm; not real is the way over the internet, so both of GitHub's own
// delays are missing: an upload takes a second or two, and is listed some seconds later. The alternative in the same run is
// who waits for the whole log at the job's end.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { decodeLine } from "../../collector/protocol/decode.ts";
import { root } from "../scripts/setup/paths.mjs";
import { readOnlyFile } from "../src/hosted/artifactZip.ts";
import { HostedRuns } from "../src/hosted/hostedRuns.ts";
import { RunRegistry } from "../src/sessions/registry.ts";
import { addArtifact, beginStep, endSession } from "../test/github/copilotPull.ts";
import { startTestGitHub } from "../test/github/testGitHub.ts";
import { greatest, median, percentile } from "./percentiles.ts";
import { report, scale } from "./report.ts";

const SECONDS = Math.max(10, Math.round(120 * scale));
/** The Action has pieces to spare at the start, and then one every 12 seconds. */
const STEADY_AFTER_MS = 45_000;

/** How far the run had come when. */
interface Arrival {
  readonly seq: number;
  readonly at: number;
}

const measure = async (): Promise<void> => {
  const folder = await mkdtemp(join(tmpdir(), "runglass-segments-"));
  const github = await startTestGitHub();
  const realTime = setInterval(() => (github.clock.now = Date.now()), 20);
  github.clock.now = Date.now();
  beginStep(github.run, 6, Date.now());
  const registry = new RunRegistry();
  const hosted = new HostedRuns({
    registry,
    folder,
    maxSpoolBytes: () => 1e9,
    unpack: readOnlyFile,
    onDefect: (error) => console.error(error),
  });
  try {
    const { id, title } = github.run;
    const run = await hosted.follow({ owner: "octo-org", name: "receipt-ocr", id, title }, github.client);
    const arrivals: Arrival[] = [];
    run.onLines(() => arrivals.push({ seq: run.lastSeq, at: Date.now() }));
    const feed = spawn(process.execPath, ["collector/test/runner/segmentFeed.ts", String(SECONDS)], {
      cwd: root,
      stdio: ["ignore", "pipe", "inherit"],
    });
    const exited = once(feed, "exit");
    let pieces = 0;
    for await (const line of createInterface({ input: feed.stdout })) {
      const { name, content } = JSON.parse(line) as { readonly name: string; readonly content: string };
      if (name.startsWith("runglass-segment--")) pieces += 1;
      addArtifact(github.run, name, {}, Date.now()).archive = Buffer.from(content, "base64");
    }
    const [code] = (await exited) as [number | null];
    assert.equal(code, 0, "the job");
    endSession(github.run, Date.now());
    const endedAt = Date.now();
    while (!run.isOver) await new Promise((resolve) => setTimeout(resolve, 100));
    assert.equal(run.state.kind, "ended", run.failure?.reason);

    const log = Buffer.from(await run.store.readBytes(0, run.store.size)).toString("utf8");
    const steady: number[] = [];
    const all: number[] = [];
    const atEnd: number[] = [];
    let first = 0;
    let arrived = 0;
    for (const line of log.trimEnd().split("\n")) {
      const decoded = decodeLine(line);
      assert.ok(decoded.ok);
      const { seq, t, type } = decoded.event;
      if (first === 0) first = t / 1000;
      if (type !== "process.exec") continue;
      while ((arrivals[arrived]?.seq ?? Infinity) < seq) arrived += 1;
      const delay = (arrivals[arrived]?.at ?? Number.NaN) - t / 1000;
      all.push(delay / 1000);
      atEnd.push((endedAt - t / 1000) / 1000);
      if (t / 1000 - first > STEADY_AFTER_MS) steady.push(delay / 1000);
    }
    const late = scale < 0.5 ? all : steady;
    await report(
      "segments",
      [
        { what: "median of all", value: median(all), unit: "s" },
        { what: "median, the first pieces being spent", value: median(late), unit: "s" },
        {
          what: "99th percentile, the first pieces being spent",
          value: percentile(late, 0.99),
          unit: "s",
          atMost: 15,
        },
        { what: "latest of all", value: greatest(all), unit: "s", atMost: 15 },
        {
          what: "median of who waits for the job's end, × that of all",
          value: median(atEnd) / median(all),
          unit: "×",
        },
        { what: "pieces", value: pieces, unit: "" },
        { what: "requests paid for", value: github.client.billedLastHour, unit: "" },
      ],
      { seconds: SECONDS, events: all.length },
    );
  } finally {
    clearInterval(realTime);
    await hosted.close();
    await registry.close();
    await github.fake.close();
    await rm(folder, { recursive: true, force: true });
  }
};

await measure();
