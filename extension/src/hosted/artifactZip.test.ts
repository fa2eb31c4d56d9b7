import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { readOnlyFile } from "./artifactZip.ts";
import { zipOf } from "./testSource.ts";

describe("readOnlyFile", () => {
  let folder = "";
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "runglass-zip-"));
  });
  after(() => rm(folder, { recursive: true }));

  const read = async (zip: Buffer, maxBytes = 1e6): Promise<Buffer> => {
    const path = join(folder, "a.zip");
    await writeFile(path, zip);
    const parts: Buffer[] = [];
    for await (const part of readOnlyFile(path, { maxBytes })) parts.push(part);
    return Buffer.concat(parts);
  };

  it("gives the content of the one file, whatever it is called", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 3000 }), async (bytes) => {
        assert.deepEqual(await read(zipOf({ "run.ndjson": Buffer.from(bytes) })), Buffer.from(bytes));
      }),
      { numRuns: 20 },
    );
    const large = Buffer.alloc(900_000, "0123456789\n");
    assert.ok((await read(zipOf({ "a/": "", "a/x.txt": large }))).equals(large));
  });

  const bomb = zipOf({ "run.ndjson": Buffer.alloc(30_000_000) });
  /** The same, which says of itself that it is small. */
  const liar = Buffer.from(bomb);
  for (const at of [22, liar.lastIndexOf(Buffer.from("PK\u0001\u0002", "latin1")) + 24]) liar.writeUInt32LE(1000, at);

  const wrong: readonly (readonly [string, Buffer, RegExp])[] = [
    ["an empty file", Buffer.alloc(0), /damaged/],
    ["no archive", Buffer.from("hello"), /damaged/],
    ["an archive that was cut off", zipOf({ a: "x".repeat(1000) }).subarray(0, -30), /damaged/],
    ["an archive without a file", zipOf({ "a/": "" }), /no file/],
    ["two files", zipOf({ a: "1", b: "2" }), /more than one file/],
    ["very many files", zipOf(Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`d${i}/`, ""]))), /many files/],
    ["a name that leads out", zipOf({ "../../etc/passwd": "x" }), /damaged/],
    ["a bomb", bomb, /unpacks to more than 1 MB/],
    ["a bomb that lies about its size", liar, /damaged/],
  ];
  for (const [name, zip, reason] of wrong) {
    it(`refuses ${name}`, async () => {
      await assert.rejects(read(zip), (error: Error) => error.name === "ArchiveError" && reason.test(error.message));
    });
  }

  it("says so when the disk is the cause", async () => {
    await assert.rejects(
      (async () => {
        for await (const part of readOnlyFile(join(folder, "none.zip"), { maxBytes: 1 })) assert.fail(String(part));
      })(),
      (error: Error & { code?: string }) => error.code === "ENOENT" && error.name !== "ArchiveError",
    );
  });

  it("ends with an error or with content, whatever bytes are altered", async () => {
    const zip = zipOf({ "run.ndjson": "line\n".repeat(200) });
    await fc.assert(
      fc.asyncProperty(fc.nat(zip.length - 1), fc.nat(255), async (at, value) => {
        const altered = Buffer.from(zip);
        altered[at] = value;
        try {
          await read(altered);
        } catch (error) {
          assert.equal((error as Error).name, "ArchiveError", String(error));
        }
      }),
      { numRuns: 100 },
    );
  });
});
