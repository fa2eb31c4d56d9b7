// The part of the sensor that finds Go's crypto/tls, as an ordinary program under the compiler's checks.
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildGo, buildGoWithoutTls, CLIENT } from "../go/build.ts";
import { disassemble, type Disassembled, distance } from "./disassembly.ts";

const CALLS = ["crypto/tls.(*Conn).writeRecordLocked", "crypto/tls.(*Conn).Read"] as const;
const GO = 7;
/** Of an ELF header, where it says where the sections are, and how many. */
const [SECTIONS_AT, SECTIONS_COUNT] = [40, 60];

describe("how the sensor finds Go's crypto/tls", function () {
  this.timeout(180_000);
  let folder: string;
  let plain: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "runglass-go-symbols-"));
    const source = join(import.meta.dirname, "workloads/goSymbols.c");
    const flags = ["-O1", "-g", "-Wall", "-Werror", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"];
    execFileSync("cc", [...flags, "-o", join(folder, "goSymbols"), source], { stdio: "pipe" });
    plain = buildGo(join(folder, "plain"), CLIENT);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const tell = (...args: readonly string[]): string[] => {
    const ran = spawnSync(join(folder, "goSymbols"), args, { encoding: "utf8", maxBuffer: 1 << 26 });
    assert.equal(ran.status, 0, ran.stderr);
    return ran.stdout.split("\n").slice(0, -1);
  };

  /** What binutils finds in the file: where the two calls are, behind their looks at the stack, and where one returns. */
  const expectedIn = (file: string): string => {
    const [write, read] = CALLS.map((call) => disassemble(file, call)[0]!);
    const behind = (f: Disassembled): bigint => {
      const jump = f.instructions.findIndex(({ text }) => text.startsWith("jbe "));
      return f.offset + BigInt(distance(f, f.instructions[jump + 1]!));
    };
    const returns = read!.instructions.filter(({ text }) => /^ret\b/.test(text));
    const places = returns.map((instruction) => read!.offset + BigInt(distance(read!, instruction)));
    assert.ok(places.length > 2);
    return `${GO} 0 ${behind(write!)} ${behind(read!)} ${places.join(" ")}`;
  };

  const agrees = (file: string): void => {
    const expected = expectedIn(file);
    assert.deepEqual(tell(file), [expected]);
    execFileSync("strip", [file]);
    assert.deepEqual(tell(file), [expected]);
  };

  it("agrees with binutils, also on a program that is stripped", () => {
    const copy = join(folder, "copied");
    copyFileSync(plain, copy);
    agrees(copy);
  });

  it("agrees with binutils on a program with C in it, which another linker has made", () =>
    agrees(buildGo(join(folder, "external"), CLIENT, { external: true })));

  it("finds it where linkers put it in programs that can be anywhere in memory", () => {
    for (const section of [".data.rel.ro.gopclntab", ".data.rel.ro"]) {
      const file = join(folder, "renamed");
      execFileSync("objcopy", ["--rename-section", `.gopclntab=${section}`, plain, file]);
      assert.deepEqual(tell(file), [expectedIn(file)]);
    }
  });

  it("finds it in what Go's own linker strips, and without the names of sections", () => {
    const file = buildGo(join(folder, "stripped"), CLIENT, { ldflags: "-s -w" });
    const [whole] = tell(file);
    assert.match(whole ?? "", /^7 0 [1-9]/);
    const bytes = readFileSync(file);
    bytes.writeBigUInt64LE(0n, SECTIONS_AT);
    bytes.writeUInt16LE(0, SECTIONS_COUNT);
    writeFileSync(file, bytes);
    assert.deepEqual(tell(file), [whole]);
  });

  it("finds it in what a newer Go has made", () => {
    const file = join(import.meta.dirname, "../../../node_modules/@esbuild/linux-x64/bin/esbuild");
    const [, write, read, returns = ""] = /^7 0 (\d+) (\d+) ([\d ]+)$/.exec(tell(file)[0] ?? "") ?? [];
    const bytes = readFileSync(file);
    // The jump to where more stack is made stands in front of them.
    for (const offset of [write, read].map(Number)) assert.equal(bytes.readUInt16LE(offset - 6), 0x860f);
    const places = returns.split(" ").map(Number);
    assert.ok(places.length > 2 && places.every((place) => bytes[place] === 0xc3));
  });

  it("says that it is there and not to be attached to where it does not begin as it must", () => {
    const file = join(folder, "changed");
    const bytes = readFileSync(plain);
    const [, offset = "0"] = /^7 0 (\d+)/.exec(tell(plain)[0] ?? "") ?? [];
    bytes[Number(offset) - 6] = 0x90;
    writeFileSync(file, bytes);
    assert.deepEqual(tell(file), [`${GO} 2 0 0`]);
  });

  it("finds none where none is", () => {
    const copy = join(folder, "copy");
    copyFileSync("/bin/ls", copy);
    for (const file of [buildGoWithoutTls(join(folder, "without")), copy, CLIENT, "/dev/null"])
      assert.deepEqual(tell(file), ["0 0 0 0"]);
  });

  it("reads nothing outside of files that were made to mislead it", () => {
    const lines = tell(plain, "400", String(Date.now() % 1_000_003));
    assert.equal(lines.length, 400);
    assert.ok(new Set(lines).size > 1, "some of the damage was where it looks");
  });
});
