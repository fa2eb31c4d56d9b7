// The part of the sensor that reads machine code, as an ordinary program under the compiler's checks.
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { buildGo, CLIENT } from "../go/build.ts";
import { disassemble, type Disassembled, distance } from "./disassembly.ts";

describe("how the sensor reads machine code", function () {
  this.timeout(120_000);
  let folder: string;
  let functions: Disassembled[];
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "runglass-machine-code-"));
    const source = join(import.meta.dirname, "workloads/machineCode.c");
    const flags = ["-O1", "-g", "-Wall", "-Werror", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"];
    execFileSync("cc", [...flags, "-o", join(folder, "machineCode"), source], { stdio: "pipe" });
    functions = disassemble(buildGo(join(folder, "client"), CLIENT));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const tell = (what: "instructions" | "functions", lines: readonly string[]): string[] => {
    const input = lines.map((line) => `${line}\n`).join("");
    const ran = spawnSync(join(folder, "machineCode"), [what], { input, encoding: "utf8", maxBuffer: 1 << 26 });
    assert.equal(ran.status, 0, ran.stderr);
    return ran.stdout.split("\n").slice(0, -1);
  };

  it("agrees with binutils on every instruction that a Go program has, but for a few that it does not know", () => {
    const all = new Set(functions.flatMap(({ instructions }) => instructions.map(({ bytes }) => bytes)));
    const lines = [...all];
    const lengths = tell("instructions", lines);
    const unlike = lines.filter((bytes, i) => lengths[i] !== "0" && Number(lengths[i]) !== bytes.length / 2);
    assert.deepEqual(unlike, []);
    assert.ok(lengths.length > 50_000 && lengths.filter((length) => length === "0").length < 50);
  });

  it("agrees with binutils on where the functions of crypto/tls return", () => {
    const ours = functions.filter(({ name }) => name.startsWith("crypto/tls."));
    const expected = ours.map((f) =>
      f.instructions.filter(({ text }) => /^ret\b/.test(text)).map((instruction) => distance(f, instruction)),
    );
    const code = ours.map(({ instructions }) => instructions.map(({ bytes }) => bytes).join(""));
    const told = tell("functions", code);
    // Those that return in more places than anyone asks for are left out.
    const few = expected.map((places) => (places.length > 16 ? "" : places.join(" ")));
    assert.deepEqual(told, few);
    assert.ok(told.length > 300);
  });

  it("says nothing of a function in which a jump goes into an instruction, or that has one that is not known", () => {
    const [jumpToReturn, jumpIntoAnother, unknown] = ["eb0148c3", "eb02b8c3c3c3c3c3", "0fffc3"];
    assert.deepEqual(tell("functions", [jumpToReturn, jumpIntoAnother, unknown, "90c3"]), ["", "", "", "1"]);
  });

  it("reads nothing outside of any bytes, and takes no more than there are", () => {
    const bytes = fc.uint8Array({ minLength: 1, maxLength: 20 });
    const samples = fc.sample(bytes, 5_000).map((sample) => Buffer.from(sample).toString("hex"));
    const lengths = tell("instructions", samples).map(Number);
    assert.ok(samples.every((sample, i) => (lengths[i] ?? 99) <= Math.min(15, sample.length / 2)));
    assert.equal(tell("functions", samples).length, samples.length);
  });
});
