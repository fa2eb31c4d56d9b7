import assert from "node:assert/strict";
import type { RunEvent } from "../protocol/events.ts";
import { harWriter } from "./har.ts";

const request = (seq: number, path: string, rest: object = {}): RunEvent =>
  ({
    v: 1,
    seq,
    t: seq,
    type: "http.request",
    http: { method: "GET", path, version: "1.1", tls: "none" },
    ...rest,
  }) as RunEvent;

interface Entry {
  readonly request: { readonly method: string; readonly url: string };
  readonly _step?: { readonly id: string; readonly name?: string };
}

describe("a HAR document", () => {
  it("is written at the end no faster than it is taken", async () => {
    let held = 0;
    let most = 0;
    const har = harWriter("1", () => (most = Math.max(most, ++held)));
    for (let seq = 1; seq <= 1_050; seq++) har.take(request(seq, "/"));
    let waits = 0;
    await har.finish(async () => {
      await Promise.resolve();
      [held, waits] = [0, waits + 1];
    });
    assert.deepEqual([most, waits, held], [100, 11, 0]);
  });

  it("has the front of what is too long, and still the step that is meant", async () => {
    let text = "";
    const har = harWriter("1", (more) => (text += more));
    const long = "x".repeat(100_000);
    har.take({ v: 1, seq: 1, t: 1, type: "step.start", stepInfo: { id: `s${long}`, name: `n${long}` } });
    const http = { method: `GET${long}`, host: `h${long}`, path: `/${long}`, version: "1.1", tls: "none" };
    har.take(request(2, "", { http, step: `s${long}`, rule: long, flow: { id: long } }));
    har.take({ v: 1, seq: 3, t: 3, type: "http.response", request: 2, status: 200 });
    await har.finish(() => undefined);
    assert.ok(text.length < 20_000, `${text.length}`);
    const entry = JSON.parse(text) as Entry;
    assert.match(entry.request.method, /^GETx+…$/);
    assert.match(entry.request.url, /^http:\/\/unknown\.invalid\/x{8190}%E2%80%A6$/);
    assert.match(entry._step?.name ?? "", /^nx+…$/);
  });
});
