// Which step's doing a process is that no process of the step has forked: a daemon has, for a client of the step. What
// the client has asked for, and what was started, are compared by names (requestFit.ts), so this is a guess, and told as
// one (`stepGuess`): a client need not have been answered, and any process can look like one. Where clients of two steps
// fit equally well, it is nobody's.
import { BoundedMap } from "../events/boundedMap.ts";
import type { Process } from "../events/process.ts";
import { adopt } from "../events/stepTree.ts";
import type { ExecFrame } from "../sensor/frame.ts";
import { fitOfExec, fitOfNew, type Fit, type Started } from "./requestFit.ts";
import { type Request, requestOf } from "./requests.ts";

const LIMITS = {
  /** Clients that run or have ended a moment ago; the oldest is forgotten for one more. */
  clients: 512,
  /** How long after a client's end what it has asked for may start, in µs. */
  behindUs: 3_000_000,
  /** Containers and units whose client is known. */
  found: 4_096,
} as const;

interface Client {
  readonly process: Process;
  readonly request: Request;
  readonly cwd: string;
  readonly folder: string | undefined;
  readonly uid: number;
  /** µs since the epoch. */
  readonly start: number;
  end: number;
  /** The one container that it has asked for is there. */
  answered: boolean;
}

export class Origins {
  readonly #clients = new Map<Process, Client>();
  /** Of containers and units, by id or name: whose they are; null where that could not be told. */
  readonly #found = new BoundedMap<string, Process | null>(LIMITS.found);
  readonly #onClient: ((request: Request, frame: ExecFrame) => void) | undefined;

  /** `onClient` is told of each client that begins. */
  constructor(onClient?: (request: Request, frame: ExecFrame) => void) {
    this.#onClient = onClient;
  }

  /** A process has got a program; `unit` is the systemd service that its control group is named after, or empty. */
  execed(process: Process, frame: ExecFrame, unit: string): void {
    if (process.step === undefined) this.#adopt(process, frame, unit);
    const request = requestOf(frame.exe, frame.argv);
    if (request === undefined) return;
    this.#onClient?.(request, frame);
    if (process.step === undefined) return;
    const { cwd, uid, time: start } = frame;
    // What it calls by a path inside of a container cannot be looked for.
    const folder = process.container === undefined ? cwd : undefined;
    this.#clients.set(process, { process, request, cwd, folder, uid, start, end: Infinity, answered: false });
    if (this.#clients.size <= LIMITS.clients) return;
    const [oldest] = this.#clients.keys();
    if (oldest !== undefined) this.#clients.delete(oldest);
  }

  exited(process: Process, t: number): void {
    const client = this.#clients.get(process);
    if (client !== undefined) client.end = t;
  }

  #adopt(process: Process, frame: ExecFrame, unit: string): void {
    const { container } = process;
    const key = container?.id ?? unit;
    if (key === "") return;
    const known = this.#found.get(key);
    const started: Started = { argv: frame.argv, container, unit };
    const open = frame.existing ? [] : this.#openAt(frame.time);
    // A container can be started again, and the name of a unit can be another's later.
    const isFirst = container === undefined || known === undefined || process.insidePid === 1;
    const asked = only(open, (one) => fitOfExec(one.request, started));
    const client = asked === undefined && isFirst ? only(open, (one) => fitOfOpen(one, started)) : asked;
    if (asked === undefined && client) client.answered = true;
    if (asked === undefined && client !== undefined) this.#found.set(key, client?.process ?? null);
    // What runs in it later is not to be taken for something new.
    else if (container !== undefined && known === undefined && !isRuntime(frame.argv)) this.#found.set(key, null);
    const whose = client === undefined ? known : client?.process;
    if (whose) adopt(process, whose);
  }

  #openAt(t: number): Client[] {
    const open: Client[] = [];
    for (const client of this.#clients.values()) {
      if (client.end + LIMITS.behindUs < t) this.#clients.delete(client.process);
      else if (client.start <= t) open.push(client);
    }
    return open;
  }
}

const fitOfOpen = (client: Client, started: Started): Fit =>
  client.answered && client.request.kind === "run" ? undefined : fitOfNew(client.request, started, client);

/** The program that a runtime has in a container before it becomes the one that was asked for. */
const isRuntime = (argv: readonly string[]): boolean => /(?:^|\/)runc$/.test(argv[0] ?? "") && argv[1] === "init";

/**
 * A client of the only step whose clients fit, by those that fit surely where there are any; null where several steps'
 * do, undefined where none does.
 */
const only = (clients: readonly Client[], fitOf: (client: Client) => Fit): Client | null | undefined => {
  const fits = clients.map((client) => ({ client, fit: fitOf(client) }));
  const sure = fits.filter(({ fit }) => fit === "sure");
  const best = sure.length > 0 ? sure : fits.filter(({ fit }) => fit === "likely");
  const [first] = best;
  if (first === undefined) return undefined;
  return new Set(best.map(({ client }) => client.process.step)).size === 1 ? first.client : null;
};
