// The part of the sensor that finds Go's crypto/tls, as an ordinary program under the compiler's checks.
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildGo, buildGoWithoutTls, CLIENT } from "../go/build.ts";
import { disassemble, type Disassembled, distance } from "./disassembly.ts";
import { buildReader } from "./readers.ts";

const CALLS = ["crypto/tls.(*Conn).writeRecordLocked", "crypto/tls.(*Conn).Read"] as const;
const GO = 7;
/** Of an ELF header, where it says where the sections are, and how many. */
const [SECTIONS_AT, SECTIONS_COUNT] = [40, 60];

describe("how the sensor finds Go's crypto/tls", function () {
  this.timeout(180_000);
  let folder: string;
  let program: string;
  let plain: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "runglass-go-symbols-"));
    program = buildReader(folder, "goSymbols", "x86", ["elfFile.c", "machine/goCode.c", "machine/machineCode.c"]);
    plain = buildGo(join(folder, "plain"), CLIENT);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const tell = (...args: readonly string[]): string[] => {
    const ran = spawnSync(program, args, { encoding: "utf8", maxBuffer: 1 << 26 });
    assert.equal(ran.status, 0, ran.stderr);
    return ran.stdout.split("\n").slice(0, -1);
  };

  /** What binutils finds in the file: where the two calls are looked into, and where on the stack a read's connection is. */
  const expectedIn = (file: string): string => {
    const [write, read] = CALLS.map((call) => disassemble(file, call)[0]!);
    const places = (f: Disassembled, text: RegExp): bigint[] =>
      f.instructions.filter((found) => text.test(found.text)).map((found) => f.offset + BigInt(distance(f, found)));
    const copies = places(read!, /^call .*<runtime\.memmove> /);
    assert.equal(copies.length, 1);
    const texts = read!.instructions.map(({ text }) => text);
    const frame = Number(/^sub +\$(0x[\da-f]+),%rsp$/m.exec(texts.join("\n"))?.[1]);
    const slot = frame + (texts.includes("push   %rbp") ? 16 : 8);
    assert.ok(texts.includes(`mov    %rax,0x${slot.toString(16)}(%rsp)`));
    return `${GO} 0 ${places(write!, /^jbe /)[0]} ${copies[0]} ${slot}`;
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
    const [, write, read, slot] = /^7 0 (\d+) (\d+) (\d+)$/.exec(tell(file)[0] ?? "") ?? [];
    const bytes = readFileSync(file);
    // A jump to where more stack is made, and a call.
    assert.deepEqual([bytes.readUInt16LE(Number(write)), bytes[Number(read)]], [0x860f, 0xe8]);
    assert.ok(Number(slot) > 0);
  });

  it("says that it is there and not to be attached to where it does not begin as it must", () => {
    const file = join(folder, "changed");
    const bytes = readFileSync(plain);
    const [, offset = "0"] = /^7 0 (\d+)/.exec(tell(plain)[0] ?? "") ?? [];
    bytes[Number(offset)] = 0x90;
    writeFileSync(file, bytes);
    assert.deepEqual(tell(file), [`${GO} 2 0 0 0`]);
  });

  it("finds none where none is", () => {
    const copy = join(folder, "copy");
    copyFileSync("/bin/ls", copy);
    for (const file of [buildGoWithoutTls(join(folder, "without")), copy, CLIENT, "/dev/null"])
      assert.deepEqual(tell(file), ["0 0 0 0 0"]);
  });

  it("reads nothing outside of files that were made to mislead it", () => {
    const lines = tell(plain, "400", String(Date.now() % 1_000_003));
    assert.equal(lines.length, 400);
    assert.ok(new Set(lines).size > 1, "some of the damage was where it looks");
  });
});
