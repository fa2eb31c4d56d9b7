// What is done in each kernel, and what the sensor has to tell of it.
import { HeaderBlocks } from "../../src/events/http2Frames.ts";
import type { Frame } from "../sensor/decode.ts";
import { URING_CHANGES, URING_CHANGES_BEFORE_6_9 } from "../sensor/uringChanges.ts";

export interface Case {
  readonly name: string;
  /** Program of the guest and its arguments; `FOLDER` stands for a new folder. */
  readonly command: readonly string[];
  /** Of all frames: those that count, as lines; pids and ports that the program printed are `L0`, `L1`, … by their line. */
  readonly told: (frames: readonly Frame[], pid: number, lines: readonly string[]) => string[];
  readonly expected: readonly string[];
  /** Kernels that cannot do it, or show it: before which release, and what happens there instead. */
  readonly before?: {
    readonly release: readonly [number, number];
    readonly code: number;
    readonly expected: readonly string[];
  };
}

/** The life of the process that the workload names in its first line. */
const life = (frames: readonly Frame[], _pid: number, lines: readonly string[]): string[] =>
  frames.flatMap((frame) => {
    if (frame.pid !== Number(lines[0])) return [];
    if (frame.type === "fork") return ["fork"];
    if (frame.type === "exec") return [`exec ${frame.argv.slice(1).join(" ")}`.trim()];
    return frame.type === "exit" ? [`exit ${frame.code} ${frame.signal}`] : [];
  });

/** `6 127.0.0.1 L0: 0, sent 5, received 7`: protocol, peer, results, bytes. */
export const flows = (frames: readonly Frame[], pid: number, lines: readonly string[]): string[] =>
  frames.flatMap((connect) => {
    if (connect.type !== "connect" || connect.pid !== pid) return [];
    const [address = "", port = ""] = connect.remote.split(" ");
    const ends = frames.flatMap((frame) => {
      if (frame.type === "result" && frame.flow === connect.flow) return [String(frame.error)];
      if (frame.type === "close" && frame.flow === connect.flow)
        return [`sent ${frame.sent}, received ${frame.received}`];
      return [];
    });
    const at = lines.indexOf(port);
    return [`${connect.protocol} ${address} ${at < 0 ? port : `L${at}`}: ${ends.join(", ")}`];
  });

export const files = (frames: readonly Frame[], pid: number): string[] => {
  const counts = new Map<string, number>();
  for (const frame of frames) {
    if (frame.type !== "file" || frame.pid !== pid) continue;
    const line = [frame.op, frame.path, ...(frame.from === "" ? [] : ["<", frame.from])].join(" ");
    const plain = line.replaceAll(/\/tmp\/case-[\w-]+/g, "~");
    counts.set(plain, (counts.get(plain) ?? 0) + frame.count);
  }
  return [...counts].map(([line, count]) => (count === 1 ? line : `${line} x${count}`));
};

const dns = (frames: readonly Frame[], pid: number): string[] =>
  frames.flatMap((frame) =>
    frame.type === "dns" && frame.pid === pid
      ? [`${frame.answer ? "answer" : "question"} ${frame.server} ${frame.message.toString()}`]
      : [],
  );

/** First lines of requests and of responses, by the library that encrypted them. */
export const http = (frames: readonly Frame[], pid: number): string[] =>
  frames.flatMap((frame) =>
    frame.type === "http" && frame.pid === pid && frame.head !== ""
      ? [`${frame.tls} ${frame.incoming ? "<" : ">"} ${frame.head.split("\r\n")[0]}`]
      : [],
  );

/** Requests over HTTP/2, whoever has sent them. */
const http2 = (frames: readonly Frame[]): string[] => {
  const reader = new HeaderBlocks(new Set([":method", ":path"]));
  return frames.flatMap((frame) => {
    if (frame.type !== "http" || !frame.http2 || frame.incoming) return [];
    const blocks = frame.end === "goes_on" ? reader.add(frame.bytes) : undefined;
    return blocks?.map(({ fields }) => fields.map(({ value }) => value).join(" ")) ?? [frame.end];
  });
};

/** What is told of the children of `turns` that none of them has done, and whether anything is neither told nor lost. */
const wrong = (frames: readonly Frame[], pid: number, lines: readonly string[]): string[] => {
  const children = new Set(frames.flatMap((f) => (f.type === "fork" && f.ppid === pid ? [f.pid] : [])));
  const told = frames.flatMap((f) => {
    if (!children.has(f.pid)) return [];
    if (f.type === "exec") return [`exec ${f.exe} ${f.argv.join(" ")} in ${f.cwd}`];
    return f.type === "file" ? [`${f.op} ${f.path.replace(/^\/tmp\/case-\d+/, "~")}`] : [];
  });
  const right = new Set(["exec /bin/turns turns nop the-argument-of-a-program in /", "create ~/made", "unlink ~/made"]);
  const [programs = 0, made = 0] = lines.map(Number);
  const bye = frames.at(-1);
  const missing = programs + 2 * made - told.length - (bye?.type === "bye" ? bye.lost : 0);
  return [...told.filter((line) => !right.has(line)), ...(missing > 0 ? [`${missing} are neither told nor lost`] : [])];
};

/** Its server answers that it does not speak it. */
const CURL_HTTP2 = "curl -s -m 20 --http2-prior-knowledge http://127.0.0.1:8080/two; true".replaceAll(" ", "${IFS}");

/** The first release with uprobe.multi, without which no TLS library is attached to. */
export const FIRST_WITH_TLS = [6, 6] as const;

export const CASES: readonly Case[] = [
  { name: "fork", command: ["process", "fork"], told: life, expected: ["fork", "exit 7 0"] },
  { name: "vfork", command: ["process", "vfork"], told: life, expected: ["fork", "exec nop", "exit 0 0"] },
  { name: "signal", command: ["process", "signal", "9"], told: life, expected: ["fork", "exit 0 9"] },
  {
    name: "exec by a thread",
    command: ["process", "thread-exec"],
    told: life,
    expected: ["fork", "exec nop", "exit 0 0"],
  },
  { name: "threads", command: ["process", "threads"], told: life, expected: ["fork", "exit 0 0"] },
  {
    name: "of each what it has done where tasks take over from each other",
    command: ["turns", "FOLDER"],
    told: wrong,
    expected: [],
  },
  {
    name: "TCP over IPv4",
    command: ["network", "tcp4"],
    told: flows,
    expected: ["6 127.0.0.1 L0: 0, sent 100000, received 3000"],
  },
  {
    name: "TCP over IPv6",
    command: ["network", "tcp6"],
    told: flows,
    expected: ["6 0:0:0:0:0:0:0:1 L0: 0, sent 7, received 200000"],
  },
  {
    name: "a refused connect",
    command: ["network", "refused"],
    told: flows,
    expected: ["6 127.0.0.1 9: 111", "6 127.0.0.1 L0: 0, sent 0, received 0"],
  },
  {
    name: "a datagram that nobody takes",
    command: ["network", "udp-nobody"],
    told: flows,
    expected: ["17 127.0.0.1 9: sent 13, received 0"],
  },
  {
    name: "peers of one UDP socket",
    command: ["network", "udp-peers", "3", "5"],
    told: flows,
    expected: [0, 1, 2].map((peer) => `17 127.0.0.1 L${peer}: sent 50, received 0`),
  },
  {
    name: "DNS",
    command: ["network", "dns", "::1", "40"],
    told: dns,
    expected: ["question 0:0:0:0:0:0:0:1 53 question", `answer 0:0:0:0:0:0:0:1 53 ${"r".repeat(40)}`],
  },
  {
    name: "a connect by io_uring",
    command: ["evasion", "uring-connect", "8080"],
    told: flows,
    expected: ["6 127.0.0.1 8080: 0, sent 0, received 0"],
  },
  {
    name: "opens",
    command: ["files", "opens", "FOLDER"],
    told: files,
    expected: [
      "create ~/a",
      "create ~/b",
      "truncate ~/b",
      "write ~/a x2",
      "truncate ~/a",
      "create ~/c",
      "create ~/d",
      "write ~/d",
      "create ~/e",
    ],
  },
  {
    name: "changes by io_uring",
    command: ["evasion", "uring", "FOLDER"],
    told: files,
    expected: URING_CHANGES,
    before: { release: [6, 9], code: 1, expected: URING_CHANGES_BEFORE_6_9 },
  },
  {
    name: "paths through mounts and changed roots",
    command: ["files", "namespaces", "FOLDER"],
    told: files,
    expected: [
      "create ~/mount",
      "create ~/mount/inside",
      "unlink ~/mount/inside",
      "create ~/mount/deep",
      "create ~/mount/deep/rooted",
      "chmod ~/mount/deep/rooted",
      "create ~/mount/deep/relative",
    ],
  },
  {
    name: "a request in clear text",
    command: ["wget", "-q", "-O", "-", "http://127.0.0.1:8080/file"],
    told: http,
    expected: ["none > GET /file HTTP/1.1", "none < HTTP/1.1 200 OK"],
  },
  {
    name: "a request inside TLS",
    command: ["curl", "-sk", "--http1.1", "https://127.0.0.1:8443/secret"],
    told: (frames, pid) => http(frames, pid).filter((line) => line.includes(">")),
    expected: ["openssl > GET /secret HTTP/1.1"],
    before: { release: FIRST_WITH_TLS, code: 0, expected: [] },
  },
  {
    name: "a request over HTTP/2 in clear text",
    command: ["sh", "-c", CURL_HTTP2],
    told: http2,
    expected: ["GET /two"],
  },
];
