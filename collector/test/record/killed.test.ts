// A collector that is killed under load: what it had taken stands in the log, and is sealed, up to its last second.
import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { decodeLine } from "../../protocol/decode.ts";
import { changesOf } from "../../protocol/foldedFiles.ts";
import { prepare, run, scratch, start } from "./support.ts";

/** Some two thousand new files a second, each named by the time at which it is made; it ends by itself. */
const LOAD = `
const { writeFileSync } = require("node:fs");
let n = 0;
console.log(process.pid);
setInterval(() => {
  for (let i = 0; i < 20; i++) writeFileSync(process.argv[1] + "/" + Date.now() + "-" + n++, "");
  if (n > 30000) process.exit(0);
}, 10);
`;

/** Waits until there has been load for two and a half seconds, for half a minute at most. */
const waitForLoad = async (files: string): Promise<number> => {
  for (let waited = 0; waited < 300; waited++) {
    await sleep(100);
    const began = Math.min(...readdirSync(files).map((name) => Number(name.split("-")[0])));
    if (Date.now() - began > 2_500) return readdirSync(files).length;
  }
  return 0;
};

describe("record: killed with SIGKILL under load", function () {
  this.timeout(90_000);
  before(prepare);

  it("leaves a log that verifies up to its last second and lacks nothing from before that", async () => {
    const folder = scratch();
    const files = join(folder.path, "files");
    const out = join(folder.path, "run.ndjson");
    mkdirSync(files);
    try {
      const killed = start(["record", "--out", out, "--", process.execPath, "-e", LOAD, files]);
      let pid = "";
      killed.child.stdout!.on("data", (text: string) => (pid += text));
      assert.ok((await waitForLoad(files)) > 0, `there is no load: ${killed.stderr()}`);
      const killedAt = Date.now();
      killed.child.kill("SIGKILL");
      await killed.outcome;
      process.kill(Number(pid));

      const made = readdirSync(files).filter((name) => Number(name.split("-")[0]) < killedAt - 1_000);
      assert.ok(made.length > 100, `${made.length} files were made more than a second before`);
      const whole = readFileSync(out, "utf8").split("\n").slice(0, -1);
      const events = whole.map((line) => {
        const decoded = decodeLine(line);
        assert.ok(decoded.ok && !("unknown" in decoded.event));
        return decoded.event;
      });

      const { code, stdout } = await run(["verify", out]);
      assert.equal(code, 1, stdout);
      const held = Number(/ holds up to line (\d+) \(/.exec(stdout)?.[1]);
      assert.match(
        stdout,
        new RegExp(`: line (${whole.length}|${whole.length + 1}): (no run.end follows|the line is cut off)`),
      );
      const sealed = events.slice(0, held);
      assert.equal(sealed.at(-1)?.type, "seal");
      const changes = sealed.flatMap((event) => (event.type === "file.write" ? [...changesOf(event)] : []));
      const paths = new Set(changes.map(({ path }) => path));
      assert.deepEqual(
        made.filter((name) => !paths.has(join(files, name))),
        [],
      );
      const last = Math.max(...events.map(({ t }) => t));
      const lastSealed = Math.max(...sealed.map(({ t }) => t));
      assert.ok(last - lastSealed < 1_000_000, `${last - lastSealed} µs of events are not sealed`);
    } finally {
      folder.remove();
    }
  });
});
