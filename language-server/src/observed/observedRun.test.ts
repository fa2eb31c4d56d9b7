import assert from "node:assert/strict";
import { RunReader } from "./observedRun.ts";

describe("what a recorded run tells a policy", () => {
  it("is read from JSON however it is spaced, and broken lines are passed over", () => {
    const lines = [
      {
        v: 1,
        seq: 1,
        t: 1,
        type: "run.start",
        run: { id: "1", job: "build", workflow: "CI" },
        host: { name: "runner", os: "linux", kernel: "6.8", arch: "x64" },
        collector: { version: "0" },
        policy: { mode: "block", endpoints: [] },
      },
      {
        v: 1,
        seq: 2,
        t: 2,
        type: "net.connect",
        process: "1",
        flow: {
          id: "1",
          protocol: "tcp",
          local: { ip: "10.0.0.1", port: 1 },
          remote: { ip: "198.51.100.7", port: 443 },
        },
        host: { name: "PyPI.org.", source: "sni" },
        verdict: "blocked",
        result: "EPERM",
      },
    ];
    for (const indent of [undefined, 1]) {
      const reader = new RunReader();
      for (const line of lines) reader.line(JSON.stringify(line, undefined, indent).replaceAll(/\n\s*/g, " "));
      reader.line('{"type": "net.connect"');
      const { job, workflow, blocked } = reader.finish();
      assert.deepEqual([job, workflow, ...blocked], ["build", "CI", "pypi.org:443"]);
    }
  });
});
