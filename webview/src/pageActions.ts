// What the host's commands, the buttons and the keys of the grid do.
import type { PageCommand } from "../protocol/messages.ts";
import type { CopyAs } from "./copyText.ts";
import type { OpenMode } from "./model/treeView.ts";
import type { DetailsPane } from "./ui/detailsPane.ts";
import type { FilterBar } from "./ui/filterBar.ts";
import type { Grid } from "./ui/grid.ts";
import type { GridAction } from "./ui/gridKeys.ts";
import type { ViewSwitch } from "./viewSwitch.ts";

/** The parts of the page that are acted on. */
export interface PageParts {
  readonly grid: Grid;
  readonly filter: FilterBar;
  readonly help: { readonly show: () => void };
  readonly views: ViewSwitch;
  readonly details: DetailsPane;
  readonly isDetailsOpen: () => boolean;
  readonly showDetails: (open: boolean) => void;
  readonly toggleTimeline: () => void;
  readonly setOpenMode: (mode: OpenMode) => void;
  readonly copy: (what: CopyAs) => void;
  readonly openDiff: () => void;
  readonly allowEndpoint: () => void;
  readonly commentOnPull: () => void;
}

/** Carries out what a key of the grid asks of the page as a whole. */
export const carryOutAction = (page: PageParts, action: GridAction): void => {
  switch (action.kind) {
    case "details":
      page.showDetails(true);
      page.details.focus();
      break;
    case "toggleDetails":
      page.showDetails(!page.isDetailsOpen());
      break;
    case "copy":
      page.copy(page.grid.cell >= 0 ? "cell" : "row");
      break;
    case "copyCommandLine":
      page.copy("commandLine");
      break;
    case "showInProcesses":
      page.views.showInProcesses();
      break;
    case "openDiff":
      page.openDiff();
      break;
    case "allowEndpoint":
      page.allowEndpoint();
      break;
    case "commentOnPull":
      page.commentOnPull();
      break;
    case "filter":
      page.filter.focus();
      break;
    case "help":
      page.help.show();
      break;
    case "leave":
      if (page.isDetailsOpen()) page.showDetails(false);
      else if (page.filter.text !== "") page.filter.setText("");
      break;
    default:
      break;
  }
};

/** Carries out a command of the host or of a button. */
export const carryOutCommand = (page: PageParts, command: PageCommand): void => {
  switch (command) {
    case "focusFilter":
      return page.filter.focus();
    case "toggleFollow":
      return page.grid.setFollow(!page.grid.follow);
    case "expandAll":
      return page.setOpenMode("all");
    case "collapseAll":
      return page.setOpenMode("none");
    case "toggleDetails":
      return page.showDetails(!page.isDetailsOpen());
    case "toggleTimeline":
      return page.toggleTimeline();
    case "copyCell":
      return page.copy("cell");
    case "copyRow":
      return page.copy("row");
    case "copyCommandLine":
      return page.copy("commandLine");
    case "copyJson":
      return page.copy("json");
    case "copyPolicyEntry":
      return page.copy("policyEntry");
    case "copyAllowlistEntry":
      return page.copy("allowlistEntry");
    case "copyCurl":
      return page.copy("curl");
    case "showProcesses":
      return page.views.to("processes");
    case "showNetwork":
      return page.views.to("network");
    case "showFiles":
      return page.views.to("files");
    case "showInProcesses":
      return page.views.showInProcesses();
    case "openDiff":
      return page.openDiff();
    case "allowEndpoint":
      return page.allowEndpoint();
    case "commentOnPull":
      return page.commentOnPull();
    case "showHelp":
      return page.help.show();
  }
};
