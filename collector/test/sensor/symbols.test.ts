// The part of the sensor that reads ELF files, as an ordinary program under the compiler's checks.
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildReader } from "./readers.ts";

const LIBSSL = realpathSync("/usr/lib/x86_64-linux-gnu/libssl.so.3");
const GNUTLS = realpathSync("/usr/lib/x86_64-linux-gnu/libgnutls.so.30");

/** In the order of enum tls_function; where the machine's libraries have cheaper places than their own, those. */
const OPENSSL_CALLS = [
  "SSL_write",
  "SSL_write_ex",
  "SSL_write_ex2",
  "SSL_read",
  "SSL_read_ex",
  "",
  "",
  "SSL_sendfile",
  "SSL_free",
  "SSL_clear",
  "",
];
const NO_CALLS = OPENSSL_CALLS.map(() => "");

describe("how the sensor finds calls of TLS libraries", function () {
  this.timeout(120_000);
  let folder: string;
  let program: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "runglass-symbols-"));
    const parts = ["elfFile.c", "goSymbols.c", "machine/cheapPlaces.c", "machine/goCode.c", "machine/machineCode.c"];
    program = buildReader(folder, "symbols", "x86", parts);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const tell = (...args: readonly string[]): string[] => {
    const ran = spawnSync(program, args, { encoding: "utf8", maxBuffer: 1 << 26 });
    assert.equal(ran.status, 0, ran.stderr);
    return ran.stdout.split("\n").slice(0, -1);
  };

  /** Where binutils finds the function in the file. */
  const offsetOf = (file: string, name: string): bigint => {
    const symbols = execFileSync("nm", ["-D", "--defined-only", file], { encoding: "utf8" });
    const address = BigInt(`0x${new RegExp(`^([\\da-f]+) T ${name}(?:@|$)`, "m").exec(symbols)?.[1] ?? "0"}`);
    const segments = execFileSync("readelf", ["-lW", file], { encoding: "utf8" });
    for (const [, offset = "", start = "", size = ""] of segments.matchAll(
      /^ +LOAD +(0x[\da-f]+) (0x[\da-f]+) 0x[\da-f]+ (0x[\da-f]+)/gm,
    )) {
      const from = BigInt(start);
      if (address >= from && address < from + BigInt(size)) return BigInt(offset) + address - from;
    }
    throw new Error(`${file} has no ${name}`);
  };

  const offsets = (file: string, names: readonly string[]): string =>
    names.map((name) => (name === "" ? 0 : offsetOf(file, name))).join(" ");

  it("agrees with binutils on OpenSSL", () => {
    const [told = ""] = tell(LIBSSL);
    const [library, ...at] = told.split(" ").map(Number);
    assert.equal(library, 1);
    assert.equal(at[8], Number(offsetOf(LIBSSL, "SSL_free")));
    assert.equal(at[9], Number(offsetOf(LIBSSL, "SSL_clear")));
    assert.ok(at[0] || at[1] || at[2], "writes");
    assert.ok(at[3] || at[4], "reads");
  });

  it("agrees with binutils on GnuTLS", () => {
    const calls = NO_CALLS.with(5, "gnutls_record_send2").with(6, "gnutls_record_recv").with(10, "gnutls_deinit");
    assert.deepEqual(tell(GNUTLS), [`2 ${offsets(GNUTLS, calls)}`]);
  });

  it("takes the function that both of two calls leave the work to, behind what marks its begin", () => {
    const [source, library] = [join(folder, "callees.s"), join(folder, "callees.so")];
    const function_ = (name: string, body: string): string =>
      `.globl ${name}\n.type ${name}, @function\n${name}:\n${body}\n.size ${name}, .-${name}\n`;
    const caller = (name: string, callee: string): string =>
      function_(name, `endbr64\nsub $8, %rsp\ncall ${callee}\nadd $8, %rsp\nret`);
    const worker = (name: string): string => function_(name, "endbr64\npush %r12\npop %r12\nret");
    const flags = ["-shared", "-Wl,-Bsymbolic", "-o", library, source];
    const all = (...functions: readonly string[]): void => {
      writeFileSync(source, `.section .note.GNU-stack\n.text\n${functions.join("")}`);
      execFileSync("cc", flags);
    };
    // The linker must not lead the calls over its table.
    const own = ["do_read", "do_write"].map((name) => `.protected ${name}\n`);
    const read = [caller("SSL_read", "do_read"), caller("SSL_read_ex", "do_read"), worker("do_read")];
    const behind = (name: string): bigint => offsetOf(library, name) + 4n;
    all(...own, ...read, caller("SSL_write", "do_write"), caller("SSL_write_ex", "do_write"), worker("do_write"));
    assert.deepEqual(tell(library), [`1 0 ${behind("do_write")} 0 0 ${behind("do_read")} 0 0 0 0 0 0`]);
    const newer = [
      caller("SSL_write_ex2", "do_write"),
      caller("SSL_write_ex", "SSL_write_ex2"),
      ".protected SSL_write_ex2\n",
    ];
    all(...own, ...read, caller("SSL_write", "do_write"), ...newer, worker("do_write"));
    assert.deepEqual(tell(library), [`1 0 0 ${behind("do_write")} 0 ${behind("do_read")} 0 0 0 0 0 0`]);
    const apart = [caller("SSL_write", "do_read"), caller("SSL_write_ex", "do_write"), worker("do_write")];
    all(...own, ...read, ...apart);
    const [one, two] = [behind("SSL_write"), behind("SSL_write_ex")];
    assert.deepEqual(tell(library), [`1 ${one} ${two} 0 0 ${behind("do_read")} 0 0 0 0 0 0`]);
    // Where the work is put into both calls, what they call as well is something else: Node 20 is made like this.
    const inlined = (name: string): string =>
      function_(
        name,
        "endbr64\npush %rbx\nmov %rdi, %rbx\ncall finish\nmov 8(%rbx), %rax\ncall *0x38(%rax)\npop %rbx\nret",
      );
    const both = ["SSL_read", "SSL_read_ex", "SSL_write", "SSL_write_ex"];
    all(".protected finish\n", ...both.map(inlined), worker("finish"));
    const [write, writeEx] = [behind("SSL_write"), behind("SSL_write_ex")];
    assert.deepEqual(tell(library), [
      `1 ${write} ${writeEx} 0 ${behind("SSL_read")} ${behind("SSL_read_ex")} 0 0 0 0 0 0`,
    ]);
  });

  it("finds them by the old hash table too", () => {
    const [source, library] = [join(folder, "old.c"), join(folder, "old.so")];
    const functions = OPENSSL_CALLS.filter((name) => name !== "");
    writeFileSync(source, functions.map((name, i) => `int ${name}(void) { return ${i}; }\n`).join(""));
    execFileSync("cc", ["-shared", "-fPIC", "-Wl,--hash-style=sysv", "-o", library, source]);
    assert.deepEqual(tell(library), [`1 ${offsets(library, OPENSSL_CALLS)}`]);
  });

  it("finds none in who only uses them, and in what is no library", () => {
    const [source, user] = [join(folder, "user.c"), join(folder, "user")];
    writeFileSync(source, "int SSL_write(void);\nint main(void) { return SSL_write(); }\n");
    execFileSync("cc", ["-o", user, source, LIBSSL]);
    for (const file of [user, source, "/dev/null"])
      assert.deepEqual(tell(file), [`0${" 0".repeat(OPENSSL_CALLS.length)}`]);
  });

  it("reads nothing outside of files that were made to mislead it", () => {
    const lines = tell(LIBSSL, "2000", String(Date.now() % 1_000_003));
    assert.equal(lines.length, 2_000);
    assert.ok(new Set(lines).size > 1, "some of the damage was where it looks");
  });
});
