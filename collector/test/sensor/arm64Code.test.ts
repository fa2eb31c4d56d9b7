// The part of the sensor that reads Go's code for arm64, and that all of it can be compiled: neither needs such a machine.
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { buildReader } from "./readers.ts";

const sensor = join(import.meta.dirname, "../../sensor");

// As binutils writes them: of the beginnings of two functions of crypto/tls, by Go 1.19 and 1.26.
const LOAD_LIMIT = 0xf9400b90; // ldr x16, [x28, #16]
const LOAD_LIMIT_OLD = 0xf9400b81; // ldr x1, [x28, #16]
const COMPARE_SP = 0xeb3063ff; // cmp sp, x16
const TAKE_FRAME = 0xd10183f1; // sub x17, sp, #0x60
const COMPARE_FRAME = 0xeb10023f; // cmp x17, x16
const JUMP = 0x54001b89; // b.ls
const JUMP_HIGHER = 0x54000948; // b.hi
const PUSH_112 = 0xf8190ffe; // str x30, [sp, #-112]!
const MAKE_320 = 0xd10503f4; // sub x20, sp, #0x140
const KEEP_120 = 0xf9003fe0; // str x0, [sp, #120]
const KEEP_328 = 0xf900a7e0; // str x0, [sp, #328]
const KEEP_OTHER = 0xf90043e1; // str x1, [sp, #128]
const NOP = 0xd503201f;
const CALL_REGISTER = 0xd63f0040; // blr x2
/** bl to so many bytes from itself. */
const call = (distance: number): number => (0x94000000 | ((distance / 4) & 0x3ffffff)) >>> 0;

describe("how the sensor reads Go's code for arm64", function () {
  this.timeout(60_000);
  let folder: string;
  let program: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "runglass-arm64-code-"));
    program = buildReader(folder, "arm64Code", "arm64", ["elfFile.c", "machine/goCode.c", "machine/machineCode.c"]);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const tell = (questions: readonly (readonly [string, ...number[]])[]): string[] => {
    const lines = questions.map(([what, ...words]) => [what, ...words.map((word) => word.toString(16))].join(" "));
    const ran = spawnSync(program, { input: `${lines.join("\n")}\n`, encoding: "utf8", maxBuffer: 1 << 26 });
    assert.equal(ran.status, 0, ran.stderr);
    return ran.stdout.split("\n").slice(0, -1);
  };

  it("finds the jump behind the look at the stack, and none where a function begins otherwise", () => {
    const told = tell([
      ["check", LOAD_LIMIT, COMPARE_SP, JUMP, NOP],
      ["check", LOAD_LIMIT, TAKE_FRAME, COMPARE_FRAME, JUMP],
      ["check", LOAD_LIMIT, COMPARE_SP, JUMP_HIGHER, NOP],
      ["check", NOP, COMPARE_SP, JUMP, NOP],
      ["check", LOAD_LIMIT_OLD, COMPARE_SP, JUMP, NOP],
      ["check", LOAD_LIMIT, COMPARE_SP],
    ]);
    assert.deepEqual(told, ["8", "12", "0", "0", "0 old", "0"]);
  });

  it("finds where the first argument is kept, by the frame, and in front of the first call only", () => {
    const told = tell([
      ["slot", LOAD_LIMIT, PUSH_112, KEEP_OTHER, KEEP_120],
      ["slot", LOAD_LIMIT, MAKE_320, KEEP_120, KEEP_328],
      ["slot", PUSH_112, call(64), KEEP_120],
      ["slot", PUSH_112, CALL_REGISTER, KEEP_120],
      ["slot", KEEP_120, PUSH_112],
    ]);
    assert.deepEqual(told, ["120", "328", "0", "0", "0"]);
  });

  it("finds the one call of a function, forwards or backwards, and says nothing where there are two", () => {
    const told = tell([
      ["call 4096", NOP, call(4092), NOP],
      ["call -4096", NOP, NOP, call(-4104)],
      ["call 4096", call(4096), call(4092)],
      ["call 4096", call(4092), NOP],
    ]);
    assert.deepEqual(told, ["4", "8", "-", "-"]);
  });

  it("reads nothing outside of any instructions", () => {
    const known = fc.constantFrom(LOAD_LIMIT, COMPARE_SP, TAKE_FRAME, JUMP, PUSH_112, MAKE_320, KEEP_120, call(8));
    const words = fc.array(fc.oneof(known, fc.nat(0xffffffff)), { maxLength: 8 });
    const samples = fc.sample(words, 2_000);
    for (const what of ["check", "slot", "call 8"])
      assert.equal(tell(samples.map((sample) => [what, ...sample] as const)).length, samples.length);
  });
});

describe("the eBPF programs for arm64", function () {
  this.timeout(120_000);

  it("can be compiled here", () => {
    const sources = readdirSync(join(sensor, "bpf")).filter((name) => name.endsWith(".bpf.c"));
    const { stdout } = spawnSync("cc", ["-print-multiarch"], { encoding: "utf8" });
    const flags = ["-fsyntax-only", "-O2", "-g", "-target", "bpf", "-mcpu=v3", "-D__TARGET_ARCH_arm64"];
    const folders = [`-I${join(sensor, "bpf/arm64")}`, `-I/usr/include/${stdout.trim()}`];
    const paths = sources.map((name) => join(sensor, "bpf", name));
    assert.ok(paths.length > 20);
    execFileSync("clang", [...flags, "-Wall", "-Werror", ...folders, ...paths], {
      stdio: "pipe",
    });
  });
});
