import assert from "node:assert/strict";
import { createParser, type EventSourceMessage } from "eventsource-parser";
import fc from "fast-check";
import { KEEP_ALIVE, sseMessage } from "./sse.ts";

describe("sseMessage", () => {
  it("comes back from a standard parser as it went in, whatever the chunks", () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue(), { maxLength: 8 }), fc.integer({ min: 1, max: 40 }), (values, size) => {
        const lines = values.map((value) => JSON.stringify(value));
        const wire = lines.map((line, i) => KEEP_ALIVE + sseMessage(i + 1, "x.y", line)).join("");
        const got: EventSourceMessage[] = [];
        const parser = createParser({ onEvent: (event) => got.push(event) });
        for (let at = 0; at < wire.length; at += size) parser.feed(wire.slice(at, at + size));
        assert.deepEqual(
          got,
          lines.map((data, i) => ({ id: String(i + 1), event: "x.y", data })),
        );
      }),
    );
  });

  it("refuses a line that would forge another message", () => {
    assert.throws(() => sseMessage(1, "x", "{}\n\ndata: forged"));
    assert.throws(() => sseMessage(1, "x\ndata: forged", "{}"));
  });
});
