// Real clients over connections that break: every event exactly once and in order, whatever happens to the wire.
import assert from "node:assert/strict";
import { createParser } from "eventsource-parser";
import fc from "fast-check";
import type { HttpServer } from "../../src/http/server.ts";
import type { RunLog } from "../../src/log/runLog.ts";
import { ask, follow, openStream } from "./client.ts";
import { startCuttingProxy } from "./cuttingProxy.ts";
import { Cleanup, line, lines, newLog, runEnd, serveLog, sleep, until } from "./support.ts";

const ids = (first: number, last: number): string[] =>
  Array.from({ length: last - first + 1 }, (_, i) => String(first + i));

describe("the event stream over connections that break", function () {
  this.timeout(60_000);
  const cleanup = new Cleanup();
  afterEach(() => cleanup.run());

  it("brings the eventsource package every event once and in order, and lets it stop at the end", async () => {
    const log = await newLog(cleanup);
    const server = await serveLog(cleanup, log, { limits: { retryMs: 30 } });
    // About half of the cuts fall into headers, keep-alives or the first events; the others deep into the stream.
    const sizes = [900, 0, 40, 350, 7_001, 60_000, 1, 120_000, 1_300, 500, 90_000, Infinity];
    let next = 0;
    const proxy = await startCuttingProxy(cleanup, server.port, () => sizes[next++] ?? Infinity);
    const url = `http://127.0.0.1:${proxy.port}/v1/runs/run-1/events`;
    log.append(Buffer.from(lines(1, 300, 250)), 300);
    const client = follow(cleanup, url, ["file.write", "run.end"]);
    for (let seq = 301; seq < 2_300; seq += 20) {
      log.append(Buffer.from(lines(seq, seq + 19, 250)), 20);
      await sleep(10);
    }
    log.append(Buffer.from(runEnd(2_301)), 1);
    await log.end();
    await client.ended;
    assert.deepEqual(
      client.received.map(({ id }) => id),
      ids(1, 2_301),
    );
    assert.equal(client.received.map(({ data }) => `${data}\n`).join(""), lines(1, 2_300, 250) + runEnd(2_301));
    assert.equal(proxy.cuts, sizes.length - 1);
    assert.ok(client.opened >= 5, `opened ${client.opened} times`);
    assert.equal(client.source.readyState, client.source.CLOSED);
  });

  it("leaves no gap and no repeat at any cut point (property)", async () => {
    const log = await newLog(cleanup);
    const server = await serveLog(cleanup, log);
    log.append(Buffer.from(lines(1, 120)), 120);
    await log.end();
    const url = `${server.url}/v1/runs/run-1/events`;

    /** Reads `bytes` of the stream by the parser of the browsers' rules; what is cut in the middle is dropped. */
    const readSome = async (
      from: string | undefined,
      bytes: number,
      byHeader: boolean,
      got: string[],
    ): Promise<boolean> => {
      const query = from === undefined || byHeader ? "" : `?after=${from}`;
      const headers = from === undefined || !byHeader ? {} : { "Last-Event-ID": from };
      const response = await openStream(cleanup, url + query, headers);
      if (response.statusCode === 204) return true;
      assert.equal(response.statusCode, 200);
      const parser = createParser({ onEvent: ({ id }) => void (id !== undefined && got.push(id)) });
      const decoder = new TextDecoder();
      let left = bytes;
      for await (const chunk of response as AsyncIterable<Buffer>) {
        parser.feed(decoder.decode(chunk.subarray(0, left), { stream: true }));
        left -= chunk.length;
        if (left <= 0) break;
      }
      response.destroy();
      return false;
    };

    const cuts = fc.array(fc.tuple(fc.integer({ min: 1, max: 12_000 }), fc.boolean()), { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(cuts, async (points) => {
        const got: string[] = [];
        for (const [bytes, byHeader] of points) await readSome(got.at(-1), bytes, byHeader, got);
        await readSome(got.at(-1), Infinity, true, got);
        assert.deepEqual(got, ids(1, 120));
        assert.equal(await readSome(got.at(-1), Infinity, true, got), true);
      }),
      { numRuns: 60 },
    );
  });

  const start = async (): Promise<{ log: RunLog; server: HttpServer; url: string }> => {
    const log = await newLog(cleanup);
    const server = await serveLog(cleanup, log);
    return { log, server, url: `${server.url}/v1/runs/run-1/events` };
  };

  it("starts after Last-Event-ID or ?after, and believes the header over the query", async () => {
    const { log, url } = await start();
    log.append(Buffer.from(lines(1, 10)), 10);
    await log.end();
    const first = async (query: string, headers: Record<string, string>): Promise<string | undefined> =>
      /^id: (\d+)$/m.exec((await ask(url + query, { headers })).body)?.[1];
    assert.equal(await first("", {}), "1");
    assert.equal(await first("?after=0", {}), "1");
    assert.equal(await first("?after=4", {}), "5");
    assert.equal(await first("", { "Last-Event-ID": "7" }), "8");
    assert.equal(await first("?after=2", { "Last-Event-ID": "9" }), "10");
    assert.equal(await first("?after=2", { "Last-Event-ID": "" }), "3");
  });

  it("says 204 after the end and 200 before it to a client that has everything", async () => {
    const { log, url } = await start();
    log.append(Buffer.from(lines(1, 2)), 2);
    await log.flush();
    const response = await openStream(cleanup, url, { "Last-Event-ID": "2" });
    assert.equal(response.statusCode, 200);
    response.destroy();
    log.append(Buffer.from(runEnd(3)), 1);
    await log.end();
    assert.equal((await ask(url, { headers: { "Last-Event-ID": "2" } })).status, 200);
    for (const query of ["?after=3", ""]) {
      const headers: Record<string, string> = query === "" ? { "Last-Event-ID": "3" } : {};
      const answer = await ask(url + query, { headers });
      assert.deepEqual([answer.status, answer.body], [204, ""]);
    }
  });

  it("keeps an idle connection open with comments", async () => {
    const log = await newLog(cleanup);
    const server = await serveLog(cleanup, log, { limits: { keepAliveMs: 40, stallMs: 200 } });
    const response = await openStream(cleanup, `${server.url}/v1/runs/run-1/events`);
    let text = "";
    let closed = false;
    response.on("data", (chunk: Buffer) => (text += chunk.toString())).on("close", () => (closed = true));
    await sleep(700);
    assert.match(text, /^retry: \d+\n\n(: keep-alive\n\n){8,}$/);
    assert.equal(closed, false);
    log.append(Buffer.from(line(1)), 1);
    await until(() => text.includes("id: 1\n"), "the event after the comments");
  });

  it("lets clients read to the end when it closes, also one that has just lost its connection", async () => {
    const { log, server } = await start();
    log.append(Buffer.from(lines(1, 5_000, 300)), 5_000);
    let connections = 0;
    const proxy = await startCuttingProxy(cleanup, server.port, () => (connections++ === 0 ? 200_000 : Infinity));
    const client = follow(cleanup, `http://127.0.0.1:${proxy.port}/v1/runs/run-1/events`, ["file.write", "run.end"]);
    await until(() => proxy.cuts === 1, "the connection is cut");
    log.append(Buffer.from(runEnd(5_001)), 1);
    await log.end();
    const closing = Date.now();
    await server.close(10_000);
    assert.ok(Date.now() - closing < 8_000, `closed after ${Date.now() - closing} ms`);
    await until(() => client.received.length === 5_001, "the client has everything");
  });

  it("does not wait for a client that hung up when it had read the end", async () => {
    const { log, server, url } = await start();
    log.append(Buffer.from(lines(1, 10)), 10);
    const client = follow(cleanup, url, ["file.write", "run.end"]);
    client.source.addEventListener("run.end", () => client.source.close());
    await until(() => client.received.length === 10, "the client follows");
    log.append(Buffer.from(runEnd(11)), 1);
    await until(() => client.received.length === 11, "the client has the end");
    await sleep(100);
    await log.end();
    const closing = Date.now();
    await server.close(10_000);
    assert.ok(Date.now() - closing < 500, `closed after ${Date.now() - closing} ms`);
  });

  it("closes within the grace time although a client follows a log that does not end", async () => {
    const { log, server, url } = await start();
    log.append(Buffer.from(line(1)), 1);
    const response = await openStream(cleanup, url);
    let text = "";
    response.on("data", (chunk: Buffer) => (text += chunk.toString()));
    await until(() => text.includes("id: 1"), "the first event");
    log.append(Buffer.from(line(2)), 1);
    await log.flush();
    const closing = Date.now();
    await server.close(5_000);
    assert.ok(Date.now() - closing < 1_000, `closed after ${Date.now() - closing} ms`);
    await until(() => text.includes("id: 2"), "what was published before is sent");
  });
});
