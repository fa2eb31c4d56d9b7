import assert from "node:assert/strict";
import fc from "fast-check";
import { parseEndpoint } from "./endpoint.ts";

describe("parseEndpoint", () => {
  const taken: readonly (readonly [string, string])[] = [
    ["http://127.0.0.1:4711", "http://127.0.0.1:4711"],
    [" http://localhost:4711/ ", "http://localhost:4711"],
    ["http://[::1]:4711", "http://[::1]:4711"],
    ["127.0.0.1:4711", "http://127.0.0.1:4711"],
    ["localhost:4711", "http://localhost:4711"],
    ["[::1]:4711", "http://[::1]:4711"],
    ["http://0x7f.1:4711", "http://127.0.0.1:4711"],
    ["runner.example:8443", "https://runner.example:8443"],
    ["https://runner.example/", "https://runner.example"],
    ["https://runner.example/tunnel/7/", "https://runner.example/tunnel/7"],
    ["https://runner.example/tunnel/v1/runs/r1/events", "https://runner.example/tunnel"],
  ];
  for (const [text, base] of taken) {
    it(`takes ${text}`, () => {
      const parsed = parseEndpoint(text);
      assert.ok(parsed.ok);
      assert.equal(parsed.endpoint.base, base);
      assert.equal(parsed.endpoint.origin, new URL(base).origin);
    });
  }

  const refused: readonly (readonly [string, RegExp])[] = [
    ["", /empty/],
    ["http://", /not an address/],
    ["http://runner.example:4711", /Plain http/],
    ["http://198.51.100.7:4711", /Plain http/],
    ["http://127.0.0.1.runner.example", /Plain http/],
    ["http://[::ffff:127.0.0.1]:80", /Plain http/],
    ["http://localhost.runner.example", /Plain http/],
    ["https://me:secret@runner.example", /password/],
    ["http://127.0.0.1:1@runner.example", /password|Plain/],
    ["https://runner.example/?token=abc", /“\?”/],
    ["https://runner.example/#abc", /“\?”/],
    ["ftp://runner.example", /not ftp/],
    ["file:///etc/passwd", /not file/],
    ["http://127.0.0.1:99999", /not an address/],
    [`https://${"a".repeat(3000)}`, /too long/],
  ];
  for (const [text, reason] of refused) {
    it(`refuses ${text.slice(0, 60)}`, () => {
      const parsed = parseEndpoint(text);
      assert.ok(!parsed.ok);
      assert.match(parsed.reason, reason);
    });
  }

  it("never throws, and never lets plain http leave the machine", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.webUrl({ withQueryParameters: true })), (text) => {
        const parsed = parseEndpoint(text);
        if (parsed.ok && parsed.endpoint.base.startsWith("http:")) {
          assert.match(parsed.endpoint.base, /^http:\/\/(localhost|127\.|\[::1\])/);
        }
      }),
    );
  });
});
