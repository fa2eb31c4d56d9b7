import assert from "node:assert/strict";
import { join } from "node:path";
import { changesOf } from "../../protocol/foldedFiles.ts";
import { prepare, record, scratch } from "./support.ts";

describe("record: files", () => {
  before(prepare);
  let folder: ReturnType<typeof scratch>;
  beforeEach(() => {
    folder = scratch();
  });
  afterEach(() => folder.remove());

  it("has every kind of change, with absolute paths", async () => {
    const script = `cd "$1"; echo 1 > new; echo 2 >> new; truncate -s 1 new; chmod 700 new; ln new hard; ln -s new soft; mv new ./x/../moved; rm hard`;
    const { events } = await record("/bin/sh", "-c", `mkdir -p "$1/x"; ${script}`, "sh", folder.path);
    const changes = events.of("file.write").map(({ file }) => [file.op, file.path, file.from]);
    const at = (name: string): string => join(folder.path, name);
    const has = (op: string, path: string, from?: string): void =>
      assert.ok(
        changes.some((change) => change[0] === op && change[1] === path && (from === undefined || change[2] === from)),
        `${op} ${path} in ${JSON.stringify(changes)}`,
      );
    has("create", at("new"));
    has("chmod", at("new"));
    has("link", at("hard"), at("new"));
    has("rename", at("moved"), at("new"));
    has("unlink", at("hard"));
    assert.ok(changes.some(([op, path]) => (op === "truncate" || op === "write") && path === at("new")));
  });

  it("keeps odd names as they are", async () => {
    const names = ["with space", 'quote"s', "new\nline", "é漢😀", "back\\slash"];
    const { events } = await record("/usr/bin/touch", ...names.map((name) => join(folder.path, name)));
    const created = events
      .of("file.write")
      .filter(({ file }) => file.op === "create")
      .map(({ file }) => file.path);
    assert.deepEqual(
      created,
      names.map((name) => join(folder.path, name)),
    );
  });

  it("does not have reads", async () => {
    const { events } = await record("/bin/cat", "/etc/passwd", "/etc/hostname");
    assert.deepEqual(events.of("file.write"), []);
  });

  it("loses none of many", async () => {
    const code = `import sys\nfor i in range(20000):\n    open(f"{sys.argv[1]}/f{i}", "w").close()`;
    const { events } = await record("/usr/bin/python3", "-c", code, folder.path);
    const writes = events.of("file.write").filter(({ file }) => file.op === "create");
    const created = writes.flatMap((event) => [...changesOf(event)]).filter(({ path }) => path.startsWith(folder.path));
    assert.equal(new Set(created.map(({ path }) => path)).size, 20_000);
    assert.equal(created.length, 20_000);
    assert.ok(events.text.length < 20_000 * 40, `${events.text.length} bytes`);
  });
});
