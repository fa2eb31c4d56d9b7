// Where the Action's last step tells the keeper to end the run. The agent's programs run as the same user and can connect
// too: the run is ended only for whoever knows a word that the runner keeps for that step alone.
import { createHash, timingSafeEqual } from "node:crypto";
import { once } from "node:events";
import { lchownSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { jsonLine } from "./jsonLines.ts";
import type { StopReport } from "./messages.ts";

/** Who connects when so many say nothing takes the place of the one who has waited longest: nobody can keep others out. */
const LIMITS = { waiting: 256, messageBytes: 1_024, messageMs: 5_000 } as const;

export interface ControlOptions {
  readonly path: string;
  /** Who may connect, besides root. */
  readonly owner: { readonly uid: number; readonly gid: number };
  /** SHA-256 of the word, hex. */
  readonly stopHash: string;
  /** Called once, at the first message that is right; `tell` reaches whoever has sent one last. */
  readonly onStop: (tell: (report: StopReport) => void) => void;
  /** Called for each message that is wrong. */
  readonly onRefused: () => void;
}

export class ControlSocket {
  readonly #options: ControlOptions;
  readonly #server: Server;
  /** Who has not been answered yet; the longest there first. */
  readonly #waiting = new Set<Socket>();
  #teller: Socket | undefined;
  #outcome: StopReport | undefined;

  constructor(options: ControlOptions) {
    this.#options = options;
    this.#server = createServer((socket) => this.#take(socket));
  }

  async listen(): Promise<void> {
    const { path, owner } = this.#options;
    const mask = process.umask(0o177);
    const listening = once(this.#server.listen(path), "listening");
    process.umask(mask);
    await listening;
    lchownSync(path, owner.uid, owner.gid);
    this.#server.on("error", () => undefined);
  }

  close(): void {
    this.#server.close();
  }

  #take(socket: Socket): void {
    socket.on("error", () => undefined);
    this.#waiting.add(socket);
    const [oldest] = this.#waiting;
    if (this.#waiting.size > LIMITS.waiting) oldest?.destroy();
    const late = setTimeout(() => socket.destroy(), LIMITS.messageMs);
    socket.once("close", () => {
      clearTimeout(late);
      this.#waiting.delete(socket);
    });
    let text = "";
    const onData = (chunk: Buffer): void => {
      text += chunk.toString("latin1");
      const end = text.indexOf("\n");
      if (end < 0 && text.length <= LIMITS.messageBytes) return;
      socket.off("data", onData);
      socket.resume();
      if (!this.#judge(socket, end < 0 ? "" : text.slice(0, end))) return;
      clearTimeout(late);
      this.#waiting.delete(socket);
    };
    socket.on("data", onData);
  }

  /** Whether it is the word; who has sent another is told so, and gone when his time is up at the latest. */
  #judge(socket: Socket, word: string): boolean {
    const given = createHash("sha256").update(word).digest();
    const wanted = Buffer.from(this.#options.stopHash, "hex");
    if (wanted.length !== given.length || !timingSafeEqual(given, wanted)) {
      this.#options.onRefused();
      socket.end(jsonLine({ kind: "refused", reason: "this is not the word that ends the run" } satisfies StopReport));
      return false;
    }
    const first = this.#teller === undefined;
    this.#teller = socket;
    this.#tell({ kind: "taken" });
    if (first) this.#options.onStop((report) => this.#tell(report));
    else if (this.#outcome !== undefined) this.#tell(this.#outcome);
    return true;
  }

  #tell(report: StopReport): void {
    if (report.kind === "outcome") this.#outcome = report;
    const socket = this.#teller;
    if (socket === undefined || socket.destroyed) return;
    if (report.kind === "outcome") socket.end(jsonLine(report));
    else socket.write(jsonLine(report));
  }
}
