import assert from "node:assert/strict";
import { FramePacer } from "./framePacer.ts";

/** The browser's part: frames are made when the test says so, and nothing takes time but what the test lets pass. */
class Frames {
  now = 1000;
  asked = 0;
  readonly painted: boolean[] = [];
  readonly pacer: FramePacer;
  #next: (() => void) | undefined;
  #after: (() => void) | undefined;

  constructor(isFlooded = false) {
    const port1 = { addEventListener: (_: string, then: () => void) => (this.#after = then), start: () => undefined };
    const port2 = { postMessage: () => undefined };
    Object.assign(globalThis, {
      MessageChannel: function Channel() {
        return { port1, port2 };
      },
      requestAnimationFrame: (then: () => void) => {
        this.asked += 1;
        this.#next = then;
      },
    });
    this.pacer = new FramePacer(
      (isSoon) => this.painted.push(isSoon),
      () => isFlooded,
      () => this.now,
    );
  }

  /** Makes the frame that was asked for; the browser's part in it takes `cost` ms. */
  make(cost = 0): void {
    this.#next?.();
    this.now += cost;
    this.#after?.();
  }
}

describe("when the page paints", () => {
  const own = { MessageChannel: globalThis.MessageChannel, requestAnimationFrame: globalThis.requestAnimationFrame };
  afterEach(() => void Object.assign(globalThis, own));

  it("paints once for all that asks for one frame", () => {
    const frames = new Frames();
    for (let i = 0; i < 3; i++) frames.pacer.request(false);
    assert.equal(frames.asked, 1);
    frames.make();
    assert.deepEqual(frames.painted, [false]);
  });

  it("has the browser make no frame while it waits, and rests longer than a paint took", () => {
    const frames = new Frames();
    frames.pacer.request(false);
    frames.make(20);
    for (let i = 0; i < 3; i++) frames.pacer.request(false);
    assert.equal(frames.asked, 1);
    frames.now += 5;
    frames.pacer.request(false);
    assert.equal(frames.asked, 2, "one and a half times as long as the paint, but for half a frame");
  });

  it("paints at once where somebody acts, also while it waits", () => {
    const frames = new Frames(true);
    frames.pacer.request(false);
    frames.make(1);
    frames.pacer.request(false);
    assert.equal(frames.asked, 1);
    frames.pacer.request(true);
    assert.equal(frames.asked, 2);
    frames.make();
    assert.deepEqual(frames.painted, [false, true]);
  });

  it("paints what it waited with, though nothing more asks for it", async () => {
    const frames = new Frames(true);
    frames.pacer.request(false);
    frames.make(1);
    frames.pacer.request(false);
    while (frames.asked < 2) await new Promise((resolve) => setTimeout(resolve, 5));
    frames.make();
    assert.deepEqual(frames.painted, [false, false]);
  });
});
