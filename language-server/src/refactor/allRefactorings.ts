import { convertToHardenRunner, convertToRunglass } from "./convertStep.ts";
import { createSetupSteps } from "./createSetupSteps.ts";
import { insertMonitor } from "./insertMonitor.ts";
import type { Refactoring } from "./refactoring.ts";
import { switchToBlock } from "./switchToBlock.ts";

export const REFACTORINGS: readonly Refactoring[] = [
  insertMonitor,
  createSetupSteps,
  switchToBlock,
  convertToRunglass,
  convertToHardenRunner,
];

/** Begins the kind of each of them. */
export const REWRITE_KIND = "refactor.rewrite.runglass";
