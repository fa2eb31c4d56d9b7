// A log of many events in the shape of a long run: builds that start processes, fetch, and write many different files.

const STEP = 250;
const START = 1_790_000_000_000_000;

const words = ["core", "utils", "parser", "server", "client", "index", "types", "render", "stream", "cache"];
const word = (n: number): string => words[n % words.length] ?? "x";

const id = (n: number): string => `${1000 + (n % 30_000)}-${n.toString(36)}`;

/**
 * `events` lines as UTF-8. Of a hundred: 5 exec, 5 exit, 3 connects with their close, 84 files of which two thirds are
 * written for the first time. `firstSeq` numbers the first line.
 */
export const bigLog = (events: number, firstSeq = 1): Uint8Array => {
  const encoder = new TextEncoder();
  const parts: Uint8Array[] = [];
  let lines: string[] = [];
  let seq = firstSeq - 1;
  let size = 0;
  const end = firstSeq - 1 + events;
  const flush = (): void => {
    const bytes = encoder.encode(lines.join(""));
    parts.push(bytes);
    size += bytes.length;
    lines = [];
  };
  const add = (rest: string): void => {
    seq += 1;
    lines.push(`{"v":1,"seq":${seq},"t":${START + seq * STEP},${rest}}\n`);
    if (lines.length >= 20_000) flush();
  };
  const room = (count = 1): boolean => seq + count <= end;
  let round = Math.floor(firstSeq / 100) * 5;
  while (room()) {
    const shell = round;
    for (let p = 0; p < 5 && room(); p++) {
      const n = round++;
      const parent = p === 0 ? (n % 200 < 5 ? "" : `"parent":"${id(n - 5 - (n % 5))}",`) : `"parent":"${id(shell)}",`;
      const name = ["sh", "node", "git", "cc1", "python3.12"][p] ?? "x";
      add(
        `"type":"process.exec","process":"${id(n)}","exec":{"id":"${id(n)}","pid":${1000 + (n % 30_000)},"ppid":1,${parent}"exe":"/usr/bin/${name}","argv":["${name}","--task","${word(n)}/${n % 977}.js"],"cwd":"/home/runner/work/app","uid":1001,"user":"runner"}`,
      );
    }
    for (let c = 0; c < 3 && room(2); c++) {
      const p = id(shell + c);
      const host = `${word(shell + c)}${(shell + c) % 300}.example`;
      const flow = `${shell}-${c}`;
      add(
        `"type":"net.connect","process":"${p}","flow":{"id":"${flow}","protocol":"tcp","local":{"ip":"192.0.2.10","port":40000},"remote":{"ip":"198.51.100.${(shell + c) % 250}","port":443}},"host":{"name":"${host}","source":"dns"},"result":"${c === 2 ? "ECONNREFUSED" : "ok"}"`,
      );
      add(
        `"type":"net.close","process":"${p}","flow":{"id":"${flow}"},"bytesSent":1200,"bytesReceived":${31_000 + shell},"durationUs":90000`,
      );
    }
    for (let f = 0; f < 84 && room(); f++) {
      const p = id(shell + 1 + (f % 3));
      const n = f % 3 === 2 ? f - 1 : f;
      const path = `/home/runner/work/app/node_modules/${word(n)}-${shell % 5003}/lib/${word(n + 3)}${n}.js`;
      add(
        `"type":"file.write","process":"${f % 3 === 2 ? id(shell + 1 + ((f - 1) % 3)) : p}","file":{"op":"${f % 3 === 2 ? "write" : "create"}","path":"${path}"}`,
      );
    }
    for (let p = 0; p < 5 && room(); p++) {
      add(
        `"type":"process.exit","process":"${id(shell + p)}","exit":{"code":${p === 3 && shell % 20 === 0 ? 1 : 0},"signal":0,"durationUs":${250_000 + p}}`,
      );
    }
  }
  flush();
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
};
