import assert from "node:assert/strict";
import { prepare, record } from "./support.ts";

describe("record: secrets", () => {
  before(prepare);

  it("never reach the log: not by argv, path, link or title", async () => {
    const token = `ghp_${"Ab1".repeat(12)}`;
    const password = "hunter2-hunter2";
    const script = `: > /tmp/${token}; mv /tmp/${token} /tmp/x-${token}; rm /tmp/x-${token}; /bin/true --password ${password} https://me:${password}@example.com/ "Authorization: Bearer ${password}"`;
    const { events } = await record("/usr/bin/env", `NPM_TOKEN=${password}`, "/bin/sh", "-c", script);
    assert.ok(!events.text.includes(token.slice(4)), events.text);
    assert.ok(!events.text.includes(password), events.text);
    assert.ok(events.of("file.write").some(({ file }) => file.path === "/tmp/***"));
    assert.match(events.of("run.start")[0]?.run.title ?? "", /NPM_TOKEN=\*\*\*/);
  });
});
