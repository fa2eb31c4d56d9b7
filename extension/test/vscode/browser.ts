import { chromium, type Browser } from "playwright-core";
import { findChromium } from "../../scripts/setup/chromium.mjs";

/** @returns a headless Chromium, from the machine */
export const launchBrowser = async (): Promise<Browser> => {
  const executablePath = await findChromium();
  if (executablePath === undefined) throw new Error("There is no Chromium: install one, or set CHROME_PATH.");
  return chromium.launch({
    executablePath,
    args: [
      "--no-sandbox",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-dev-shm-usage",
      "--disable-sync",
      "--no-first-run",
    ],
  });
};
