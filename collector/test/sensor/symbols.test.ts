// The part of the sensor that reads ELF files, as an ordinary program under the compiler's checks.
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const LIBSSL = realpathSync("/usr/lib/x86_64-linux-gnu/libssl.so.3");
const GNUTLS = realpathSync("/usr/lib/x86_64-linux-gnu/libgnutls.so.30");

describe("how the sensor finds calls of TLS libraries", function () {
  this.timeout(120_000);
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "runglass-symbols-"));
    const source = join(import.meta.dirname, "workloads/symbols.c");
    const flags = ["-O1", "-g", "-Wall", "-Werror", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"];
    execFileSync("cc", [...flags, "-o", join(folder, "symbols"), source], { stdio: "pipe" });
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

  it("agrees with binutils on OpenSSL", () => {
    const expected = ["SSL_write", "SSL_write_ex"].map((name) => offsetOf(LIBSSL, name));
    assert.deepEqual(tell(LIBSSL), [`1 ${expected.join(" ")} 0`]);
  });

  it("agrees with binutils on GnuTLS", () => {
    assert.deepEqual(tell(GNUTLS), [`2 0 0 ${offsetOf(GNUTLS, "gnutls_record_send")}`]);
  });

  it("finds them by the old hash table too", () => {
    const [source, library] = [join(folder, "old.c"), join(folder, "old.so")];
    writeFileSync(source, "int SSL_write(void) { return 1; }\nint SSL_write_ex(void) { return 2; }\n");
    execFileSync("cc", ["-shared", "-fPIC", "-Wl,--hash-style=sysv", "-o", library, source]);
    const expected = ["SSL_write", "SSL_write_ex"].map((name) => offsetOf(library, name));
    assert.deepEqual(tell(library), [`1 ${expected.join(" ")} 0`]);
  });

  it("finds none in who only uses them, and in what is no library", () => {
    const [source, user] = [join(folder, "user.c"), join(folder, "user")];
    writeFileSync(source, "int SSL_write(void);\nint main(void) { return SSL_write(); }\n");
    execFileSync("cc", ["-o", user, source, LIBSSL]);
    for (const file of [user, source, "/dev/null"]) assert.deepEqual(tell(file), ["0 0 0 0"]);
  });

  it("reads nothing outside of files that were made to mislead it", () => {
    const lines = tell(LIBSSL, "2000", String(Date.now() % 1_000_003));
    assert.equal(lines.length, 2_000);
    assert.ok(new Set(lines).size > 1, "some of the damage was where it looks");
  });
});
