// Clients that are slow, or never read: the others, the log and our memory do not notice.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { ask, openStream } from "./client.ts";
import { AUTHORISED, Cleanup, lines, newLog, runEnd, serveLog, sleep, until } from "./support.ts";

/** Counts the events that arrive, and checks that none is missing or repeated. */
const count = (response: IncomingMessage): { readonly last: number } => {
  let last = 0;
  let rest = "";
  response.setEncoding("latin1");
  response.on("data", (chunk: string) => {
    const text = rest + chunk;
    const end = text.lastIndexOf("\n") + 1;
    rest = text.slice(end);
    for (const [, id] of text.slice(0, end).matchAll(/^id: (\d+)$/gm)) {
      assert.equal(Number(id), last + 1);
      last += 1;
    }
  });
  return {
    get last() {
      return last;
    },
  };
};

const megabytes = (bytes: number): number => Math.round(bytes / 1024 / 1024);

describe("clients that replay a long run", function () {
  this.timeout(60_000);
  const cleanup = new Cleanup();
  afterEach(() => cleanup.run());

  it("leave the event loop to the collector, however many they are", async () => {
    const log = await newLog(cleanup);
    const server = await serveLog(cleanup, log);
    log.append(Buffer.from(lines(1, 100_000, 300)), 100_000);
    await log.end();
    const delay = monitorEventLoopDelay({ resolution: 1 });
    // Clients in a process of their own: what is measured here is the server's loop.
    const script = `
      const { get } = require("node:http");
      for (let i = 0; i < 16; i++)
        get(process.argv[1], { headers: { authorization: process.argv[2] } }, (response) => response.resume());`;
    const client = spawn(process.execPath, [
      "-e",
      script,
      `${server.url}/v1/runs/run-1/events`,
      AUTHORISED.authorization,
    ]);
    delay.enable();
    const [code] = (await once(client, "exit")) as [number];
    delay.disable();
    assert.equal(code, 0);
    const [p50, p99] = [delay.percentile(50) / 1e6, delay.percentile(99) / 1e6];
    console.log(`      event loop held up p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms by 16 replays`);
    assert.ok(p50 < 10 && p99 < 60, `p50 ${p50} ms, p99 ${p99} ms`);
  });
});

describe("clients that never read", function () {
  this.timeout(60_000);
  const cleanup = new Cleanup();
  afterEach(() => cleanup.run());

  const EVENTS = 200_000;
  const BATCH = 500;

  /** Appends the events as a collector would, with a turn of the event loop between batches. */
  const appendAll = async (log: Awaited<ReturnType<typeof newLog>>, batches: readonly string[]): Promise<number> => {
    const started = performance.now();
    for (const batch of batches) {
      while (!log.append(Buffer.from(batch), BATCH)) await sleep(1);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await log.flush();
    return performance.now() - started;
  };

  it("cost neither the other clients nor the log anything, and little memory", async () => {
    const batches = Array.from({ length: EVENTS / BATCH }, (_, i) => lines(i * BATCH + 1, (i + 1) * BATCH, 300));

    const alone = await newLog(cleanup);
    const aloneServer = await serveLog(cleanup, alone);
    const single = count(await openStream(cleanup, `${aloneServer.url}/v1/runs/run-1/events`));
    const startedAlone = performance.now();
    await appendAll(alone, batches);
    await until(() => single.last === EVENTS, "the single client has everything");
    const withoutDead = performance.now() - startedAlone;

    const log = await newLog(cleanup);
    const server = await serveLog(cleanup, log);
    const url = `${server.url}/v1/runs/run-1/events`;
    const dead = await Promise.all(Array.from({ length: 8 }, () => openStream(cleanup, url)));
    for (const response of dead) response.pause();
    const reader = count(await openStream(cleanup, url));
    const before = process.memoryUsage().rss;
    let peak = before;
    const watch = setInterval(() => (peak = Math.max(peak, process.memoryUsage().rss)), 20);
    cleanup.add(() => clearInterval(watch));
    const started = performance.now();
    await appendAll(log, batches);
    await until(() => reader.last === EVENTS, "the reading client has everything");
    const withDead = performance.now() - started;
    console.log(`      alone ${Math.round(withoutDead)} ms, beside 8 dead clients ${Math.round(withDead)} ms`);
    console.log(`      memory ${megabytes(before)} MB before, ${megabytes(peak)} MB at most`);
    // The log is 60 MB: were it queued for even two of the dead clients, it would show.
    assert.ok(peak - before < 100 * 1024 * 1024, `memory grew by ${megabytes(peak - before)} MB`);
    assert.ok(withDead < withoutDead * 2 + 500, `${withDead} ms beside dead clients, ${withoutDead} ms without`);
  });

  it("are cut after a while, and can then resume as if nothing had been", async () => {
    const log = await newLog(cleanup);
    const server = await serveLog(cleanup, log, { limits: { stallMs: 300, keepAliveMs: 100 } });
    const url = `${server.url}/v1/runs/run-1/events`;
    log.append(Buffer.from(lines(1, 60_000, 300)), 60_000);
    const dead = await openStream(cleanup, url);
    dead.pause();
    const closed = once(dead.socket, "close");
    const counted = count(dead);
    dead.pause();
    await sleep(1_500);
    dead.on("error", () => undefined).resume();
    await closed;
    assert.ok(counted.last < 60_000, "the dead client was cut before it had everything");
    log.append(Buffer.from(runEnd(60_001)), 1);
    await log.end();
    const response = await openStream(cleanup, url, { "Last-Event-ID": String(counted.last) });
    let text = "";
    response.setEncoding("latin1").on("data", (chunk: string) => (text += chunk));
    await once(response, "end");
    assert.equal(/^id: (\d+)$/m.exec(text)?.[1], String(counted.last + 1));
    assert.equal(text.match(/^id: /gm)?.length, 60_001 - counted.last);
  });

  it("make room where as many are there as are served at a time, and no others do", async () => {
    const log = await newLog(cleanup);
    const server = await serveLog(cleanup, log, { limits: { clients: 3, patienceMs: 200 } });
    const url = `${server.url}/v1/runs/run-1/events`;
    log.append(Buffer.from(lines(1, 60_000, 300)), 60_000);
    const readers = [await openStream(cleanup, url), await openStream(cleanup, url)];
    const counts = readers.map(count);
    const dead = await openStream(cleanup, url);
    dead.on("error", () => undefined).pause();
    await until(() => counts.every(({ last }) => last === 60_000), "those that read have everything");
    let response = await openStream(cleanup, url);
    for (let tries = 0; response.statusCode === 503 && tries < 100; tries++) {
      response.resume();
      await sleep(100); // Until the dead one has been waited for.
      response = await openStream(cleanup, url);
    }
    const other = count(response);
    await until(() => other.last === 60_000, "another one has everything");
    assert.equal((await ask(url)).status, 503, "those that read keep their places");
    log.append(Buffer.from(lines(60_001, 60_001)), 1);
    await until(() => [...counts, other].every(({ last }) => last === 60_001), "and what follows");
    assert.equal((JSON.parse((await ask(`${server.url}/v1/health`)).body) as { clients: number }).clients, 3);
  });

  it("does not cut a client that reads slowly", async () => {
    const log = await newLog(cleanup);
    const server = await serveLog(cleanup, log, { limits: { stallMs: 400, keepAliveMs: 100 } });
    log.append(Buffer.from(lines(1, 60_000, 300)), 60_000);
    await log.end();
    const response = await openStream(cleanup, `${server.url}/v1/runs/run-1/events`);
    let text = "";
    const started = Date.now();
    for await (const chunk of response as AsyncIterable<Buffer>) {
      text += chunk.toString("latin1");
      await sleep(10);
    }
    assert.ok(Date.now() - started > 1_200, "slower than the stall limit");
    assert.equal(text.match(/^id: /gm)?.length, 60_000);
  });
});
