// One line a stage: what is being done, for how long, and what came of it. On a terminal the line is redrawn; in a pipe
// or a CI log each change is a line of its own, with a sign of life every 20 seconds.

/** @param {number} ms @returns {string} */
export const elapsed = (ms) => {
  const seconds = ms / 1000;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  return `${Math.floor(seconds / 60)} min ${String(Math.floor(seconds % 60)).padStart(2, "0")} s`;
};

/**
 * @typedef {{ detail(text: string): void }} Stage
 * @typedef {{
 *   stage<T>(title: string, work: (stage: Stage) => Promise<T>, outcome?: (result: T) => string): Promise<T>;
 *   note(text: string): void;
 * }} Progress
 */

/** @param {{ isTTY?: boolean }} out @param {NodeJS.ProcessEnv} env @returns {boolean} whether lines can be drawn again */
export const canRedraw = (out, env) => out.isTTY === true && env.TERM !== "dumb";

/**
 * @param {{ write(text: string): unknown; isTTY?: boolean; columns?: number }} out
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {Progress}
 */
export const createProgress = (out, env = process.env) => {
  const live = canRedraw(out, env);
  const clear = live ? "\r\u001b[K" : "";

  return {
    note(text) {
      out.write(`${clear}${text}\n`);
    },
    async stage(title, work, outcome) {
      const start = Date.now();
      let detail = "";
      const line = () => `  … ${title.padEnd(24)} ${elapsed(Date.now() - start).padStart(10)}  ${detail}`;
      const draw = () => {
        out.write(live ? `${clear}${line().slice(0, (out.columns ?? 80) - 1)}` : `${line()}\n`);
      };
      const timer = setInterval(draw, live ? 200 : 20_000);
      try {
        const result = await work({
          detail(text) {
            detail = text;
            if (live) draw();
          },
        });
        const said = outcome?.(result) ?? "";
        out.write(`${clear}  ✔ ${title.padEnd(24)} ${elapsed(Date.now() - start).padStart(10)}  ${said}\n`);
        return result;
      } catch (error) {
        out.write(`${clear}  ✘ ${title.padEnd(24)} ${elapsed(Date.now() - start).padStart(10)}\n`);
        throw error;
      } finally {
        clearInterval(timer);
      }
    },
  };
};
