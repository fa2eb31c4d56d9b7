// A browser that can be left alone: while a debugger is attached, as Playwright is, it is sent a copy of all that goes over
// the network, and that costs what is to be measured.
import { spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { chromium, type Browser, type Page } from "playwright-core";
import { findChromium } from "../scripts/setup/chromium.mjs";

export interface DetachableBrowser {
  /** Its one page. */
  attach(): Promise<Page>;
  /** What was attached can't be used any more; the page goes on. */
  detach(): Promise<void>;
  close(): Promise<void>;
}

const flags = [
  "--headless",
  "--no-sandbox",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-default-apps",
  "--disable-dev-shm-usage",
  "--disable-extensions",
  "--disable-sync",
  "--no-first-run",
  "--remote-debugging-port=0",
  "--window-size=1400,900",
  "about:blank",
];

/** Starts it; its profile goes below `directory`. */
export const startDetachableBrowser = async (directory: string): Promise<DetachableBrowser> => {
  const program = await findChromium();
  if (program === undefined) throw new Error("There is no Chromium: install one, or set CHROME_PATH.");
  const profile = join(directory, "browser");
  const child = spawn(program, [`--user-data-dir=${profile}`, ...flags], { stdio: "ignore" });
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const port = async (): Promise<number> => {
    for (const deadline = Date.now() + 60_000; Date.now() < deadline; await sleep(100)) {
      const text = await readFile(join(profile, "DevToolsActivePort"), "latin1").catch(() => "");
      if (text.includes("\n")) return Number.parseInt(text, 10);
      if (child.exitCode !== null) break;
    }
    child.kill("SIGKILL");
    throw new Error(`${program} did not start`);
  };
  const address = `http://127.0.0.1:${await port()}`;
  let browser: Browser | undefined;
  return {
    async attach() {
      browser = await chromium.connectOverCDP(address);
      const page = browser.contexts()[0]?.pages()[0];
      if (page === undefined) throw new Error("the browser has no page");
      return page;
    },
    async detach() {
      await browser?.close();
      browser = undefined;
    },
    async close() {
      await browser?.close();
      child.kill();
      await Promise.race([ended, sleep(5000, undefined, { ref: false }).then(() => child.kill("SIGKILL"))]);
      await ended;
    },
  };
};
