// Plays the host: keeps what the page says, and sends it lines with at most two chunks on the way, as the extension does.
const host = {
  messages: [],
  init: {
    kind: "init",
    title: "A run",
    state: { kind: "live" },
    placement: "editor",
    source: "collector",
    session: "s1",
  },
  /** What a page that loads anew gets again. */
  log: [],
  queue: [],
  open: 0,
  chunk: 0,
  nextSeq: 1,
  acks: 0,
  target() {
    return document.getElementById("monitor").contentWindow;
  },
  post(message, transfer = []) {
    this.target().postMessage(message, "*", transfer);
  },
  send(bytes) {
    this.log.push(bytes);
    this.queue.push(bytes);
    this.pump();
  },
  sendText(text) {
    this.send(new TextEncoder().encode(text));
  },
  pump() {
    while (this.open < 2 && this.queue.length > 0) {
      const bytes = this.queue.shift().slice();
      let lines = 0;
      for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) lines += 1;
      this.open += 1;
      this.chunk += 1;
      this.post({ kind: "lines", bytes: bytes.buffer, firstSeq: this.nextSeq, chunk: this.chunk }, [bytes.buffer]);
      this.nextSeq += lines;
    }
  },
  /** Sends a stored log in chunks of about `size` bytes, whole lines each. */
  async sendLog(name, size) {
    const bytes = new Uint8Array(await (await fetch(`/log/${name}`)).arrayBuffer());
    for (let at = 0; at < bytes.length;) {
      const feed = bytes.indexOf(10, Math.min(bytes.length - 1, at + size));
      const end = feed < 0 ? bytes.length : feed + 1;
      this.queue.push(bytes.subarray(at, end));
      at = end;
    }
    this.pump();
  },
  received(kind) {
    return this.messages.filter((message) => message.kind === kind);
  },
};
window.host = host;
addEventListener("message", (event) => {
  const message = event.data?.fromPage;
  if (message === undefined) return;
  host.messages.push(message);
  if (message.kind === "ack") {
    host.open -= 1;
    host.acks += 1;
    host.pump();
  }
  if (message.kind !== "ready") return;
  host.open = 0;
  host.nextSeq = 1;
  if (host.init !== undefined) host.post(host.init);
  host.queue = [...host.log];
  host.pump();
});
