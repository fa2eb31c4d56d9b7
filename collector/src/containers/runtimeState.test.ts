import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { parseDockerState, parsePodmanState, RuntimeState } from "./runtimeState.ts";

const ID = "0123456789abcdef".repeat(4);
const docker = {
  ID,
  Name: "/web",
  Path: "/bin/sh",
  Args: ["-c", "true"],
  Image: "sha256:0",
  Config: { Image: "alpine:3", Labels: { a: "b", odd: 1 } },
};
const podman = [
  { id: "other", names: ["no"] },
  { id: ID, names: ["web"], metadata: JSON.stringify({ "image-name": "localhost/x:1", name: "web2" }) },
];

describe("what runtimes keep of their containers", () => {
  it("is read from Docker's file", () => {
    assert.deepEqual(parseDockerState(JSON.stringify(docker), ID), {
      runtime: "docker",
      name: "web",
      image: "alpine:3",
      command: ["/bin/sh", "-c", "true"],
      labels: new Map([["a", "b"]]),
    });
    assert.equal(parseDockerState(JSON.stringify({ ...docker, ID: "x" }), ID), undefined);
  });

  it("is read from podman's list", () => {
    const found = parsePodmanState(JSON.stringify(podman), ID);
    assert.deepEqual([found?.name, found?.image, found?.command], ["web", "localhost/x:1", undefined]);
    assert.equal(parsePodmanState(JSON.stringify(podman), "none"), undefined);
  });

  it("may be any JSON, or none", () => {
    const wild = fc.record(
      { ID: fc.constant(ID), Config: fc.jsonValue(), Name: fc.jsonValue(), Path: fc.jsonValue(), Args: fc.jsonValue() },
      { requiredKeys: ["ID"] },
    );
    const entry = fc.record({ id: fc.constant(ID), names: fc.jsonValue(), metadata: fc.oneof(fc.string(), fc.json()) });
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          wild.map((value) => JSON.stringify(value)),
        ),
        (text) => {
          const found = parseDockerState(text, ID);
          assert.ok([found?.name, found?.image].every((value) => value === undefined || typeof value === "string"));
        },
      ),
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.json(),
          fc.array(entry).map((value) => JSON.stringify(value)),
        ),
        (text) => {
          const found = parsePodmanState(text, ID);
          assert.ok([found?.name, found?.image].every((value) => value === undefined || typeof value === "string"));
        },
      ),
    );
  });

  it("is found where a daemon keeps its data, and not asked for without end", () => {
    const folder = mkdtempSync(join(tmpdir(), "runglass-state-"));
    try {
      mkdirSync(join(folder, "containers", ID), { recursive: true });
      writeFileSync(join(folder, "containers", ID, "config.v2.json"), JSON.stringify(docker));
      let now = 0;
      const state = new RuntimeState(() => now);
      const container = { id: ID, runtime: "docker", uid: undefined };
      const uid = process.geteuid?.();
      assert.equal(state.find(container), undefined);
      state.execed("/usr/sbin/dockerd", ["dockerd", "--data-root", folder], 0);
      assert.equal(state.find(container)?.name, uid === 0 ? "web" : undefined);
      for (let i = 0; i < 200; i++) state.find(container);
      assert.equal(state.find(container), undefined);
      now += 1000;
      assert.equal(state.find(container)?.name, uid === 0 ? "web" : undefined);
      assert.equal(state.find({ ...container, id: "../../../etc" }), undefined);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
