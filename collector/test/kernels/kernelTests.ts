// What the sensor has to do in each kernel, whatever machine that is for.
import assert from "node:assert/strict";
import { isDeepStrictEqual } from "node:util";
import { type Case, FIRST_WITH_TLS } from "./cases.ts";
import { type GuestMachine, type GuestRun, runGuest } from "./guest.ts";
import type { Kernel } from "./packages.ts";

/**
 * From here on a task can take over while another's event is looked at, and its own event of that kind is then missed on that
 * processor. The kernel counts these, whatever task they were of, and so does the sensor, as lost; in an emulated machine
 * there are always some.
 */
const FIRST_WITH_PREEMPTION = [7, 0] as const;
const TRIES = 3;

interface Outcome {
  readonly code: number;
  readonly expected: readonly string[];
}

const isBefore = (release: string, [major, minor]: readonly [number, number]): boolean => {
  const [ofMajor = 0, ofMinor = 0] = release.split(".").map(Number);
  return ofMajor < major || (ofMajor === major && ofMinor < minor);
};

/**
 * Defines the tests of one kernel.
 * @param initrd gives its path when the tests run
 */
export const testKernel = (
  kernel: Kernel,
  cases: readonly Case[],
  initrd: () => string,
  machine?: GuestMachine,
): void => {
  describe(kernel.release, () => {
    let run: GuestRun;
    /** What a case should come to in this kernel, and what it has. */
    const outcome = (i: number): { readonly due: Outcome; readonly was: Outcome } => {
      const { told, expected, before: older } = cases[i]!;
      const due = older !== undefined && isBefore(kernel.release, older.release) ? older : { code: 0, expected };
      const ran = run.ran.get(i) ?? { pid: 0, code: -1, lines: [] };
      const was = { code: ran.code, expected: told(run.frames, ran.pid, ran.lines) };
      return { due: { code: due.code, expected: due.expected }, was };
    };
    const lost = (): number => {
      const bye = run.frames.at(-1);
      assert.ok(bye?.type === "bye", "BYE is the last frame");
      return bye.lost;
    };

    before(async () => {
      for (let tries = 0; tries < TRIES; tries++) {
        run = await runGuest(kernel, initrd(), machine);
        const isRight = cases.every((_, i) => isDeepStrictEqual(outcome(i).was, outcome(i).due));
        // What a kernel has lost and said so can be anything; where nothing is lost, all must be told.
        if (isRight || lost() === 0) return;
      }
    });

    it("loads and attaches all that it cannot do without, and ends well", () => {
      assert.ok(run.text.includes(`BOOTED ${kernel.release}`));
      assert.equal(run.sensorCode, 0, run.text.slice(-2000));
      const states = run.frames.filter((frame) => frame.type === "coverage");
      assert.ok(states.some(({ state }) => state === "on"));
      const losses = run.frames.filter((frame) => frame.type === "loss");
      assert.equal(
        losses.reduce((sum, frame) => sum + frame.lost, 0),
        lost(),
        "what LOSS frames say is what BYE says",
      );
      if (isBefore(kernel.release, FIRST_WITH_PREEMPTION)) assert.equal(lost(), 0);
    });

    for (const [i, { name }] of cases.entries()) {
      it(`tells ${name}`, () => {
        const { due, was } = outcome(i);
        assert.equal(was.code, due.code, run.text.slice(-3000));
        assert.deepEqual(was.expected, due.expected);
      });
    }

    it("enforces a policy of names, by DNS and by the ClientHello", () => {
      // A connect before its name was asked for, a name that is not listed, one that is, its server, and another server there.
      const [before, unlisted, listed, server, other, more] = run.contained.map(Number);
      assert.deepEqual([before, unlisted, listed, server, more], [1, 1, 0, 0, undefined], run.text.slice(-2000));
      assert.ok(other !== undefined && other !== 0);
    });

    it("says whether it can read inside TLS", () => {
      const tls = run.frames.filter((frame) => frame.type === "coverage" && /tls/.test(frame.hook));
      const states = new Set(tls.map((frame) => frame.type === "coverage" && frame.state));
      assert.equal(states.has("on"), !isBefore(kernel.release, FIRST_WITH_TLS), JSON.stringify(tls));
    });
  });
};
