import assert from "node:assert/strict";
import { collectorHint } from "./collectorHint.ts";

describe("where a session's collector may be reached", () => {
  it("is the forwarded port, with what the log says of it", () => {
    const hint = collectorHint({ listen: "[2001:db8::1]:4711", host: "arc-runner-7" });
    assert.equal(hint.value, "http://127.0.0.1:4711");
    assert.match(hint.prompt, /at \[2001:db8::1\]:4711 on arc-runner-7: forward that port/);
  });

  it("is not known where the log does not say, or says what is no address", () => {
    for (const listen of [undefined, "", "4711", "host:port", "host:4711@evil.example", "host:123456"]) {
      assert.equal(collectorHint({ listen, host: "x" }).value, "", listen);
    }
    assert.match(collectorHint(undefined).prompt, /^Address of the collector/);
  });

  it("shows the runner's text as text", () => {
    const { prompt, value } = collectorHint({ listen: "\u202Eevil\n.example:80", host: "a\u0000b" });
    assert.equal(value, "http://127.0.0.1:80");
    assert.match(prompt, /·evil .example:80 on a·b/);
  });
});
