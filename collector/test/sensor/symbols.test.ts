// The part of the sensor that reads ELF files, as an ordinary program under the compiler's checks.
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const LIBSSL = realpathSync("/usr/lib/x86_64-linux-gnu/libssl.so.3");
const GNUTLS = realpathSync("/usr/lib/x86_64-linux-gnu/libgnutls.so.30");

/** In the order of enum tls_function. */
const OPENSSL_CALLS = ["SSL_write", "SSL_write_ex", "SSL_read", "SSL_read_ex", "", "", "SSL_free", "SSL_clear", ""];
const GNUTLS_CALLS = ["", "", "", "", "gnutls_record_send", "gnutls_record_recv", "", "", "gnutls_deinit"];

describe("how the sensor finds calls of TLS libraries", function () {
  this.timeout(120_000);
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "runglass-symbols-"));
    const loader = join(import.meta.dirname, "../../sensor/loader");
    const sources = [
      join(import.meta.dirname, "workloads/symbols.c"),
      join(loader, "elfFile.c"),
      join(loader, "goSymbols.c"),
    ];
    const flags = ["-O1", "-g", "-Wall", "-Werror", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"];
    execFileSync("cc", [...flags, "-o", join(folder, "symbols"), ...sources], { stdio: "pipe" });
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const tell = (...args: readonly string[]): string[] => {
    const ran = spawnSync(join(folder, "symbols"), args, { encoding: "utf8", maxBuffer: 1 << 26 });
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
    assert.deepEqual(tell(LIBSSL), [`1 ${offsets(LIBSSL, OPENSSL_CALLS)}`]);
  });

  it("agrees with binutils on GnuTLS", () => {
    assert.deepEqual(tell(GNUTLS), [`2 ${offsets(GNUTLS, GNUTLS_CALLS)}`]);
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
