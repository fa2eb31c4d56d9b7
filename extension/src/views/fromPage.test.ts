import assert from "node:assert/strict";
import fc from "fast-check";
import { decodeFromPage } from "./fromPage.ts";
import { monitorHtml, noticeHtml } from "./monitorHtml.ts";

describe("decodeFromPage", () => {
  const taken: readonly object[] = [
    { kind: "ready" },
    { kind: "ack", chunk: 3 },
    { kind: "copy", text: "a", what: "cell" },
    { kind: "openDiff", seq: 7 },
    { kind: "openDiff", seq: 7, path: "/a" },
    { kind: "allowEndpoint", entries: "a.example:443" },
    { kind: "allowEndpoint", entries: "a.example:443", request: "PUT https://a.example/x" },
    { kind: "commentOnPull", seq: 3, path: "/a" },
    { kind: "retry" },
    { kind: "connect" },
    { kind: "openLog" },
    { kind: "error", message: "x" },
  ];
  for (const message of taken)
    it(`takes ${JSON.stringify(message)}`, () => assert.deepEqual(decodeFromPage(message), message));

  it("takes nothing else, and never throws", () => {
    for (const bad of [
      null,
      "ready",
      { kind: "ack" },
      { kind: "ack", chunk: "1" },
      { kind: "copy", text: 1 },
      { kind: "openDiff", seq: 0 },
      { kind: "openDiff", seq: "1" },
      { kind: "allowEndpoint", entries: 1 },
      { kind: "commentOnPull", seq: 0 },
      { kind: "run" },
    ]) {
      assert.equal(decodeFromPage(bad), undefined);
    }
    fc.assert(fc.property(fc.anything(), (value) => void decodeFromPage(value)));
  });
});

describe("the page's HTML", () => {
  const html = monitorHtml({ cspSource: "https://x.example", script: "https://x.example/m.js?a&b", style: "s.css" });

  it("allows one script by its nonce, and no connection", () => {
    const nonce = /script-src &#39;nonce-([\w-]+)&#39;/.exec(html)?.[1];
    assert.ok(nonce !== undefined && nonce.length >= 22);
    assert.equal(html.split(`nonce="${nonce}"`).length, 2);
    assert.match(html, /default-src &#39;none&#39;/);
    assert.doesNotMatch(html, /unsafe|connect-src|img-src|frame-src|style=| on\w+=/);
    assert.match(html, /m\.js\?a&#38;b/);
  });

  it("has another nonce each time", () => {
    const again = monitorHtml({ cspSource: "x", script: "m.js", style: "s.css" });
    assert.notEqual(/nonce="([^"]+)/.exec(again)?.[1], /nonce="([^"]+)/.exec(html)?.[1]);
  });

  it("shows a notice as text", () => {
    const notice = noticeHtml("<b>", ["<script>alert(1)</script>"]);
    assert.doesNotMatch(notice, /<script|<b>/);
    assert.match(notice, /default-src 'none'/);
  });
});
