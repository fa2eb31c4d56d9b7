// The part of the sensor that reads machine code, as an ordinary program under the compiler's checks.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { buildGo, CLIENT } from "../go/build.ts";
import { disassemble, type Disassembled, distance } from "./disassembly.ts";
import { buildReader } from "./readers.ts";

describe("how the sensor reads machine code", function () {
  this.timeout(120_000);
  let folder: string;
  let program: string;
  let functions: Disassembled[];
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "runglass-machine-code-"));
    program = buildReader(folder, "machineCode", "x86", ["machine/machineCode.c"]);
    functions = disassemble(buildGo(join(folder, "client"), CLIENT));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const tell = (what: "instructions" | "functions", lines: readonly string[]): string[] => {
    const input = lines.map((line) => `${line}\n`).join("");
    const ran = spawnSync(program, [what], { input, encoding: "utf8", maxBuffer: 1 << 26 });
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

  it("agrees with binutils on where the functions of crypto/tls copy memory, if they do it once", () => {
    const ours = functions.filter(({ name }) => name.startsWith("crypto/tls."));
    const [memmove] = functions.find(({ name }) => name === "runtime.memmove")?.instructions ?? [];
    const lines = ours.map(({ instructions }) => {
      const target = (memmove?.address ?? 0n) - (instructions[0]?.address ?? 0n);
      return `${target} ${instructions.map(({ bytes }) => bytes).join("")}`;
    });
    const expected = ours.map((f) => {
      const places = f.instructions.filter(({ text }) => /^call .*<runtime\.memmove> /.test(text));
      return places.length === 1 ? String(distance(f, places[0]!)) : "-";
    });
    assert.deepEqual(tell("functions", lines), expected);
    assert.ok(expected.length > 300 && expected.filter((place) => place !== "-").length > 20);
  });

  it("says nothing of a function in which a jump goes into an instruction, or that has one that is not known", () => {
    // Each calls what follows it; those before jump into that call, or have what is no instruction.
    const call = "e800000000";
    const lines = [`eb01${call}`, `eb02b8c3c3c3c3${call}`, `0fff${call}`, `${call}${call}`, `eb00${call}`, call];
    const told = tell(
      "functions",
      lines.map((line) => `${line.length / 2} ${line}`),
    );
    assert.deepEqual(told, ["-", "-", "-", "5", "2", "0"]);
    // More than once: the first calls what is behind the second.
    assert.deepEqual(tell("functions", ["10 e805000000e800000000"]), ["-"]);
  });

  it("reads nothing outside of any bytes, and takes no more than there are", () => {
    const bytes = fc.uint8Array({ minLength: 1, maxLength: 20 });
    const samples = fc.sample(bytes, 5_000).map((sample) => Buffer.from(sample).toString("hex"));
    const lengths = tell("instructions", samples).map(Number);
    assert.ok(samples.every((sample, i) => (lengths[i] ?? 99) <= Math.min(15, sample.length / 2)));
    assert.equal(
      tell(
        "functions",
        samples.map((sample) => `5 ${sample}`),
      ).length,
      samples.length,
    );
  });
});
