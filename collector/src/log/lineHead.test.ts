import assert from "node:assert/strict";
import fc from "fast-check";
import { lineHead } from "./lineHead.ts";

describe("lineHead", () => {
  it("reads a line of ours without parsing it, and of any other writer by parsing", () => {
    const event = { v: 1, seq: 7, t: 12, type: "file.write", process: "1-a" };
    const ours = JSON.stringify(event);
    assert.deepEqual(lineHead(ours), { seq: 7, type: "file.write", t: 12, json: ours });
    const other = '{ "type" : "file.write", "t": 12.0, "process":"1-a","seq": 7, "v":1 }';
    assert.deepEqual(lineHead(other), { seq: 7, type: "file.write", t: 12, json: other });
  });

  it("is not fooled by an escaped type", () => {
    const line = '{"v":1,"seq":1,"t":1,"type":"a\\"b"}';
    assert.equal(lineHead(line)?.type, 'a"b');
  });

  it("takes raw carriage returns out of the JSON", () => {
    const head = lineHead('{"v":1,"seq":1,"t":1,"type":"loss",\r"lost":3}');
    assert.equal(head?.json, '{"v":1,"seq":1,"t":1,"type":"loss","lost":3}');
  });

  it("keeps the bytes of Latin-1 decoded text", () => {
    const bytes = Buffer.from('{"v":1,"seq":1,"t":1,"type":"x.y","p":"é\u202e𝄞"}');
    const head = lineHead(bytes.toString("latin1"));
    assert.deepEqual(Buffer.from(head?.json ?? "", "latin1"), bytes);
  });

  it("says undefined for what is no event, and never throws", () => {
    for (const line of ["", "null", "1", "[]", "{", '{"seq":1}', '{"seq":"1","t":1,"type":"a"}']) {
      assert.equal(lineHead(line), undefined, line);
    }
    fc.assert(fc.property(fc.string(), (line) => void lineHead(line)));
    fc.assert(fc.property(fc.json(), (line) => void lineHead(line)));
  });
});
