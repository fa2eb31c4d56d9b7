import assert from "node:assert/strict";
import { chmod, mkdir, mkdtemp, readdir, rename, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { UserError } from "../errors.ts";
import { cleanSpools, knownSpoolPath, newSpoolPath } from "../sessions/spoolFolder.ts";
import { readConnectFile } from "./connectFile.ts";
import { parseConnectLink } from "./link.ts";

const secret = "s3cret-token";

describe("parseConnectLink", () => {
  it("reads address and token", () => {
    const query = `url=${encodeURIComponent("http://127.0.0.1:4711/")}&token=${secret}`;
    const link = parseConnectLink("/connect", query);
    assert.deepEqual([link.endpoint.base, link.token], ["http://127.0.0.1:4711", secret]);
    assert.equal(parseConnectLink("/connect", "url=https://runner.example").token, undefined);
    // Of a token in base64, as VS Code gives it once it is decoded, and before.
    assert.equal(parseConnectLink("/connect", "url=https://runner.example&token=a+b/c==").token, "a+b/c==");
    assert.equal(parseConnectLink("/connect", "url=https://runner.example&token=a%2Bb%2Fc%3D%3D").token, "a+b/c==");
  });

  const refused: readonly (readonly [string, string, RegExp])[] = [
    ["/other", "url=http://127.0.0.1:1", /does not know/],
    ["/connect", "", /names no collector/],
    ["/connect", `url=http://198.51.100.7:1&token=${secret}`, /Plain http/],
    ["/connect", `url=https://me:pw@runner.example&token=${secret}`, /password/],
    ["/connect", `url=file:///etc/passwd&token=${secret}`, /not file/],
    ["/connect", `url=javascript:alert(1)&token=${secret}`, /./],
    ["/connect", `url=http://127.0.0.1:1&token=${secret}%0AX`, /token .*characters/],
  ];
  for (const [path, query, reason] of refused) {
    it(`refuses ${path}?${query.replace(secret, "…")}`, () => {
      assert.throws(
        () => parseConnectLink(path, query),
        (error) => error instanceof UserError && reason.test(error.message) && !error.message.includes(secret),
      );
    });
  }
});

describe("readConnectFile", () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "runglass-connect-"));
  });
  after(() => rm(folder, { recursive: true }));
  const write = async (name: string, text: string, mode = 0o600): Promise<string> => {
    const path = join(folder, name);
    await writeFile(path, text, { mode });
    await chmod(path, mode);
    return path;
  };
  const good = JSON.stringify({ url: "http://127.0.0.1:4711", token: secret, title: "sample" });

  it("reads address, token and title", async () => {
    const { endpoint, token, title } = await readConnectFile(await write("good.json", good));
    assert.deepEqual([endpoint.base, token, title], ["http://127.0.0.1:4711", secret, "sample"]);
  });

  it("refuses a file that others can read, a link, and what holds something else", async () => {
    const cases: readonly (readonly [string, RegExp])[] = [
      [await write("open.json", good, 0o644), /other users/],
      [join(folder, "missing.json"), /ENOENT/],
      [await write("text.json", "no"), /not JSON/],
      [await write("null.json", "null"), /no "url"/],
      [await write("notoken.json", '{"url":"http://127.0.0.1:1"}'), /no "token"/],
      [await write("line.json", JSON.stringify({ url: "http://127.0.0.1:1", token: `${secret}\n` })), /characters/],
      [await write("remote.json", JSON.stringify({ url: "http://198.51.100.7", token: secret })), /Plain http/],
    ];
    await symlink(join(folder, "good.json"), join(folder, "link.json"));
    for (const [path, reason] of [...cases, [join(folder, "link.json"), /ELOOP/] as const]) {
      await assert.rejects(readConnectFile(path), (error) => {
        assert.ok(error instanceof UserError);
        assert.match(error.message, reason);
        assert.doesNotMatch(error.message, new RegExp(secret));
        return true;
      });
    }
  });
});

describe("the folder of live copies", () => {
  let folder: string;
  const DAY = 86_400_000;
  const now = Date.now();
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "runglass-copies-"));
  });
  afterEach(() => rm(folder, { recursive: true }));
  const copy = async (ageDays: number, size = 10): Promise<string> => {
    const path = newSpoolPath(folder);
    await writeFile(path, Buffer.alloc(size));
    const seconds = (now - ageDays * DAY) / 1000;
    await utimes(path, seconds, seconds);
    return basename(path);
  };

  it("loses what is older than a week, but nothing of this window's and nothing that is not ours", async () => {
    const [fresh, old, kept] = [await copy(1), await copy(8), await copy(9)];
    await writeFile(join(folder, "notes.ndjson"), "x");
    await mkdir(join(folder, "sub"));
    await cleanSpools(folder, new Set([kept]), 1e9, now);
    const left = await readdir(folder);
    assert.deepEqual(left.toSorted(), [fresh, kept, "notes.ndjson", "sub"].toSorted());
    assert.ok(!left.includes(old));
  });

  it("loses the oldest while all are too large together, but none in use", async () => {
    const [inUse, second, oldest] = [await copy(0, 600), await copy(2, 500), await copy(3, 500)];
    await cleanSpools(folder, new Set(), 1200, now);
    assert.deepEqual((await readdir(folder)).toSorted(), [inUse, second].toSorted());
    await cleanSpools(folder, new Set(), 100, now);
    assert.deepEqual(await readdir(folder), [inUse]);
    assert.notEqual(oldest, inUse);
  });

  it("loses archives that a window left behind, and none that is being read", async () => {
    const [left, used] = [await copy(1), await copy(0)];
    const renamed = async (name: string): Promise<string> => {
      const archive = name.replace(/ndjson$/, "zip");
      await rename(join(folder, name), join(folder, archive));
      return archive;
    };
    await renamed(left);
    const archive = await renamed(used);
    await cleanSpools(folder, new Set(), 1e9, now);
    assert.deepEqual(await readdir(folder), [archive]);
  });

  it("is not there at first, and no stored name leads out of it", async () => {
    await cleanSpools(join(folder, "none"), new Set(), 1, now);
    for (const name of ["../x.ndjson", "/etc/passwd", "a.ndjson", ""])
      assert.equal(knownSpoolPath(folder, name), undefined);
    const path = newSpoolPath(folder);
    assert.equal(knownSpoolPath(folder, basename(path)), path);
  });
});
