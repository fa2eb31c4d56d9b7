import assert from "node:assert/strict";

import fc from "fast-check";

import { lookUp } from "./dnsServer.ts";
import { parseQuery, writeResponse } from "./dnsMessage.ts";

const query = (name: string, qtype: number, id = 0x1234): Buffer => {
  const labels = name.split(".").flatMap((label) => [label.length, ...Buffer.from(label)]);
  return Buffer.from([id >> 8, id & 255, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, ...labels, 0, 0, qtype, 0, 1]);
};

describe("DNS messages of the sample's resolver", () => {
  it("reads a question whatever its case", () => {
    const question = parseQuery(query("PyPI.org", 28));
    assert.equal(question?.name, "pypi.org");
    assert.equal(question.qtype, 28);
    assert.equal(question.recursionDesired, true);
  });

  it("answers with an alias and its address", () => {
    const question = parseQuery(query("files.pythonhosted.org", 28))!;
    const { rcode, answers } = lookUp(question.name, question.qtype);
    assert.deepEqual(answers, [
      { name: "files.pythonhosted.org", type: "CNAME", value: "dualstack.python.map.fastly.net" },
      { name: "dualstack.python.map.fastly.net", type: "AAAA", value: "2001:db8:70::1" },
    ]);
    const response = writeResponse(question, rcode, answers);
    assert.equal(response.readUInt16BE(0), 0x1234);
    assert.equal(response.readUInt16BE(2), 0x8180);
    assert.equal(response.readUInt16BE(6), 2);
    assert.equal(response.subarray(-16).toString("hex"), "20010db8007000000000000000000001");
  });

  it("knows no other names, and says so", () => {
    assert.deepEqual(lookUp("example.org", 1), { rcode: 3, answers: [] });
    assert.deepEqual(lookUp("github.com", 28), { rcode: 0, answers: [] });
  });

  it("sends no answers in a truncated response", () => {
    const question = parseQuery(query("pypi.org", 1))!;
    const response = writeResponse(question, 0, lookUp("pypi.org", 1).answers, true);
    assert.equal(response.readUInt16BE(2) & 0x0200, 0x0200);
    assert.equal(response.readUInt16BE(6), 0);
  });

  it("takes no answer, no cut-off message and no rubbish for a question", () => {
    const whole = query("pypi.org", 1);
    for (let length = 0; length < whole.length; length++)
      assert.equal(parseQuery(whole.subarray(0, length)), undefined);
    const answer = Buffer.from(whole);
    answer[2] = 0x81;
    assert.equal(parseQuery(answer), undefined);
    fc.assert(fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => void parseQuery(Buffer.from(bytes))));
  });
});
