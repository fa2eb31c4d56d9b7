// The sensor for arm64, built on this machine, in kernels for it that an emulator boots. Each takes some minutes, so this runs
// where it is asked for only (`npm test -- --only arm64`), as before a release.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildSensorFor } from "../../scripts/buildSensor.ts";
import { CASES, type Case, files, FIRST_WITH_TLS, flows, http } from "../kernels/cases.ts";
import { type GuestMachine, makeInitrd } from "../kernels/guest.ts";
import { testKernel } from "../kernels/kernelTests.ts";
import { fetchKernels } from "../kernels/packages.ts";
import type { Frame } from "../sensor/decode.ts";
import { addArm64Programs } from "./programs.ts";

/** `virt` is no real machine; its processor is one that runs 32-bit programs too. */
const ARM64: GuestMachine = {
  emulator: "qemu-system-aarch64",
  options: ["-M", "virt", "-cpu", "cortex-a76", "-m", "1024"],
  console: "ttyAMA0",
  port: (path) => ["-chardev", `file,id=frames,path=${path}`, "-device", "pci-serial,chardev=frames"],
  portName: "ttyS0",
  slowness: 2,
};

const CHANGES = [
  "cd FOLDER",
  "busybox32 mkdir folder",
  "busybox32 touch made",
  "busybox32 mv made folder/moved",
  "busybox32 ln -s moved folder/symbolic",
  "busybox32 ln folder/moved folder/linked",
  "busybox32 chmod 600 folder/moved",
  "busybox32 truncate -s 5 folder/moved",
  "busybox32 rm folder/moved folder/symbolic folder/linked",
  "busybox32 rmdir folder",
];

/** Of all the 32-bit programs that the shell has started, and of the last, which it becomes. */
const filesBelow = (frames: readonly Frame[], pid: number): string[] => {
  const children = frames.flatMap((frame) => (frame.type === "fork" && frame.ppid === pid ? [frame.pid] : []));
  return [...children, pid].flatMap((one) => files(frames, one));
};

/** What is another on arm64: 32-bit calls have numbers of their own, and Go passes arguments in other registers. */
const OWN_CASES: readonly Case[] = [
  {
    name: "file changes by 32-bit calls",
    command: ["sh", "-c", CHANGES.join(";").replaceAll(" ", "${IFS}")],
    told: filesBelow,
    expected: [
      "create ~/folder",
      "create ~/made",
      "rename ~/folder/moved < ~/made",
      "create ~/folder/symbolic < ~/folder/moved",
      "link ~/folder/linked < ~/folder/moved",
      "chmod ~/folder/moved",
      "write ~/folder/moved",
      "truncate ~/folder/moved",
      "unlink ~/folder/moved",
      "unlink ~/folder/symbolic",
      "unlink ~/folder/linked",
      "unlink ~/folder",
    ],
  },
  {
    name: "a connect by a 32-bit call, and its result",
    command: ["busybox32", "wget", "-q", "-O", "-", "http://127.0.0.1:8080/file"],
    told: (frames, pid, lines) => flows(frames, pid, lines).map((line) => line.replace(/sent .*/, "…")),
    expected: ["6 127.0.0.1 8080: 0, …"],
  },
  {
    name: "requests and responses inside the TLS of a Go program",
    command: ["goclient", "-requests", "2", "-close", "https://127.0.0.1:8443"],
    told: http,
    expected: ["go > GET /0/0 HTTP/1.1", "go < HTTP/1.0 200 ok", "go > GET /0/1 HTTP/1.1", "go < HTTP/1.0 200 ok"],
    before: { release: FIRST_WITH_TLS, code: 0, expected: [] },
  },
];

describe("the sensor for arm64", function () {
  this.timeout(900_000);
  const folder = mkdtempSync(join(tmpdir(), "runglass-arm64-"));
  after(() => rmSync(folder, { recursive: true, force: true }));

  it("is the same bytes when it is built again, elsewhere", () => {
    const [one, other] = ["one", "two/of/them"].map((name) => buildSensorFor("arm64", join(folder, name)));
    for (const name of ["runglass-sensor", "runglass-hook"]) {
      assert.ok(readFileSync(join(one!, name)).equals(readFileSync(join(other!, name))), name);
      assert.equal(readFileSync(join(one!, name)).readUInt16LE(18), 183, "is for arm64");
    }
  });

  describe("in kernels for it", () => {
    const cases = [...CASES, ...OWN_CASES];
    let initrd: string;
    before(() => {
      initrd = makeInitrd(folder, cases, (root) => addArm64Programs(root, folder));
    });
    for (const kernel of fetchKernels("arm64")) testKernel(kernel, cases, () => initrd, ARM64);
  });
});
