// Measures the monitor from inside its own page. The benchmarks put it, as a script of its own, into every frame before
// anything else runs there; it does nothing until the page shows what it has painted as `window.runglass`.

interface Painted {
  seq: number;
  rows: number;
  listed: number;
  onPaint: ((seq: number) => void) | undefined;
}

/** All times are milliseconds since the epoch. */
interface Probe {
  /** This page's clock now, to be compared with another one's. */
  readonly clock: () => number;
  readonly painted: Painted;
  /** Of each frame that showed something new: its newest seq, the rows there are, and when it was wholly painted. */
  readonly paints: [seq: number, rows: number, at: number][];
  /** Program runs of the latency workload: the number in the last row of the screen, and when that was painted. */
  readonly runs: [run: number, at: number][];
  /** Of each message with lines: the seq of the first, and when it came. */
  readonly arrivals: [firstSeq: number, at: number][];
  /** Tasks of 50 ms and more: start, milliseconds, and whether they were this frame's own. */
  readonly longTasks: [at: number, ms: number, own: boolean][];
  /** Each frame's start, while `watchFrames` is on. */
  readonly frames: number[];
  watchFrames(on: boolean): void;
  /** Sets the filter as typing would; resolves with milliseconds from the input to the painted result, and its count. */
  filter(text: string): Promise<{ readonly ms: number; readonly count: string }>;
}

{
  const clock = (): number => performance.timeOrigin + performance.now();

  /** Calls back when the frame that is being made is painted, as far as the page's own thread has a part in it. */
  const channel = new MessageChannel();
  const waiting: ((at: number) => void)[] = [];
  const afterPaint = (then: (at: number) => void): void => {
    waiting.push(then);
    channel.port2.postMessage(undefined);
  };
  channel.port1.addEventListener("message", () => waiting.shift()?.(clock()));

  const lastRun = (): number => {
    const row = document.querySelector(".grid-spacer")?.lastElementChild?.textContent ?? "";
    return Number(/run (\d+)\./.exec(row)?.[1] ?? 0);
  };

  const settled = (before: string, count: Element, text: string): boolean =>
    document.querySelector(".progress")?.hasAttribute("hidden") === true &&
    (text === "" ? count.textContent === "" : count.textContent !== "" && count.textContent !== before);

  const arm = (painted: Painted): Probe => {
    const probe: Probe = {
      clock,
      painted,
      paints: [],
      runs: [],
      arrivals: [],
      longTasks: [],
      frames: [],
      watchFrames: (on) => {
        watching = on;
        if (on) requestAnimationFrame(frame);
      },
      filter: (text) =>
        new Promise((resolve) => {
          const input = document.querySelector<HTMLInputElement>(".filter-input");
          const count = document.querySelector(".filter-count");
          if (input === null || count === null) throw new Error("the page has no filter box");
          const before = count.textContent ?? "";
          const start = performance.now();
          input.value = text;
          input.dispatchEvent(new InputEvent("input", { bubbles: true }));
          const look = (): void => {
            if (!settled(before, count, text)) requestAnimationFrame(look);
            else
              afterPaint((at) => resolve({ ms: at - performance.timeOrigin - start, count: count.textContent ?? "" }));
          };
          requestAnimationFrame(look);
        }),
    };
    let watching = false;
    const frame = (at: number): void => {
      if (!watching) return;
      probe.frames.push(performance.timeOrigin + at);
      requestAnimationFrame(frame);
    };
    painted.onPaint = (seq) => {
      const { rows } = painted;
      const run = lastRun();
      afterPaint((at) => {
        probe.paints.push([seq, rows, at]);
        if (run > (probe.runs.at(-1)?.[0] ?? 0)) probe.runs.push([run, at]);
      });
    };
    window.addEventListener("message", ({ data }: MessageEvent<{ kind?: unknown; firstSeq?: unknown } | undefined>) => {
      if (data?.kind === "lines" && typeof data.firstSeq === "number") probe.arrivals.push([data.firstSeq, clock()]);
    });
    new PerformanceObserver((list) => {
      for (const { startTime, duration, name } of list.getEntries()) {
        probe.longTasks.push([performance.timeOrigin + startTime, duration, name === "self"]);
      }
    }).observe({ type: "longtask" });
    return probe;
  };

  Object.defineProperty(window, "runglass", {
    configurable: true,
    set(painted: Painted) {
      channel.port1.start();
      const value = { painted, probe: arm(painted) };
      Object.defineProperty(window, "runglass", { value: painted, configurable: true });
      Object.assign(window, { runglassProbe: value.probe });
    },
  });
}
