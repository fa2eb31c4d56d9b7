import assert from "node:assert/strict";
import fc from "fast-check";
import { EventWriter } from "../../test/harness/eventWriter.ts";
import { eventToAskAbout } from "../askAbout.ts";
import { FilterRun } from "../filter/filterRun.ts";
import { compileQuery } from "../filter/match.ts";
import { parseQuery } from "../filter/parser.ts";
import { commandLines, describeViewDetails, describeViewRow, filterForView } from "../text/describeRun.ts";
import { applyLine } from "./applyEvent.ts";
import { ProcessTree } from "./processTree.ts";
import { ROOT } from "./rowKinds.ts";
import { RunModel } from "./runModel.ts";
import { TreeView } from "./treeView.ts";
import { foldedInto, unfold } from "./unfold.ts";

/** A run that is looked at: `look` takes in what was written, some seconds later. */
class Lab {
  readonly run = new EventWriter();
  readonly model = new RunModel();
  #now = 0;
  readonly view = new TreeView(new ProcessTree(this.model), () => this.#now);
  #commands = 0;

  constructor() {
    this.run.exec("1-p", undefined, ["bash", "build.sh"]);
  }

  /** Starts a command of the script; gives its id. */
  start(name = "sed", parent = "1-p"): string {
    const id = `${100 + this.#commands++}-p`;
    this.run.exec(id, parent, [name, `arg${this.#commands}`]);
    return id;
  }

  /** Runs some commands that do nothing. */
  quiet(count: number, name = "sed"): void {
    for (let i = 0; i < count; i++) this.run.exit(this.start(name), 0, 0, 3000);
  }

  /** What is in the list now: two spaces a level. */
  look(): string[] {
    for (const line of this.run.take().trimEnd().split("\n")) if (line !== "") applyLine(this.model, line);
    this.#now += 2000;
    this.view.sync();
    const { order } = this.view;
    return Array.from({ length: order.count }, (_, place) => {
      const row = order.at(place);
      const { label, badge } = describeViewRow(this.view, row, 0);
      return `${"  ".repeat(this.model.rows.depth[row] ?? 0)}${label}${badge === "" ? "" : ` (${badge})`}`;
    });
  }

  filter(text: string): void {
    const run = new FilterRun(this.view.tree, compileQuery(this.model, parseQuery(text)));
    run.step(Infinity, () => 0);
    this.view.adopt(run);
  }

  /** The first row in the list with this label. */
  row(label: string): number {
    const { order } = this.view;
    for (let place = 0; place < order.count; place++) {
      if (describeViewRow(this.view, order.at(place), 0).label === label) return order.at(place);
    }
    return ROOT;
  }
}

describe("runs of short-lived commands", () => {
  it("are one row that says how many and which, from four on", () => {
    const lab = new Lab();
    lab.quiet(3);
    assert.deepEqual(lab.look(), ["bash", "  sed", "  sed", "  sed"]);
    lab.quiet(2, "git");
    assert.deepEqual(lab.look(), ["bash", "  5 short-lived commands"]);
    const row = lab.row("5 short-lived commands");
    assert.equal(describeViewRow(lab.view, row, 0).description, "sed ×3, git ×2");
    assert.equal(describeViewRow(lab.view, row, 0).result, "all exit 0");
    assert.ok(lab.view.hasChildren(row) && !lab.view.isOpen(row));
  });

  const loud: readonly (readonly [string, (lab: Lab, id: string) => void])[] = [
    ["failed", ({ run }, id) => run.exit(id, 1, 0, 3000)],
    ["was killed", ({ run }, id) => run.exit(id, 0, 9, 3000)],
    ["took long", ({ run }, id) => run.exit(id, 0, 0, 2_000_001)],
    ["still runs", () => undefined],
    [
      "wrote a file",
      ({ run }, id) => {
        run.file(id, "create", "/w/a");
        run.exit(id, 0, 0, 3000);
      },
    ],
    [
      "called somebody",
      ({ run }, id) => {
        run.connect(id, "pypi.org", "198.51.100.1", 443);
        run.exit(id, 0, 0, 3000);
      },
    ],
    [
      "started what wrote a file",
      (lab, id) => {
        const below = lab.start("tee", id);
        lab.run.file(below, "create", "/w/a");
        lab.run.exit(below, 0, 0, 3000);
        lab.run.exit(id, 0, 0, 3000);
      },
    ],
    [
      "started very much",
      (lab, id) => {
        for (let i = 0; i < 9; i++) lab.run.exit(lab.start("true", id), 0, 0, 3000);
        lab.run.exit(id, 0, 0, 3000);
      },
    ],
  ];
  for (const [what, act] of loud) {
    it(`end before a command that ${what}`, () => {
      const lab = new Lab();
      lab.quiet(4);
      act(lab, lab.start("loud"));
      lab.quiet(4, "cat");
      const rows = lab.look().filter((row) => /^ {2}\S/.test(row));
      assert.deepEqual(rows, ["  4 short-lived commands", "  loud", "  4 short-lived commands"]);
    });
  }

  it("take in commands with what they started, where that did nothing either", () => {
    const lab = new Lab();
    for (let i = 0; i < 4; i++) {
      const id = lab.start("dash");
      lab.run.exit(lab.start("apt-config", id), 0, 0, 3000);
      lab.run.exit(id, 0, 0, 5000);
    }
    assert.deepEqual(lab.look(), ["bash", "  4 short-lived commands"]);
    const row = lab.row("4 short-lived commands");
    lab.view.setOpen(row, true);
    assert.deepEqual(lab.look().slice(1, 4), ["  dash (first of 4 short-lived)", "    apt-config", "  dash"]);
    lab.view.setOpen(row, false);
    assert.deepEqual(lab.look(), ["bash", "  4 short-lived commands"]);
  });

  it("fold the agent's hook from two on", () => {
    const lab = new Lab();
    lab.quiet(2, "runglass-hook");
    lab.run.exit(lab.start("make"), 2);
    lab.quiet(1, "runglass-hook");
    assert.deepEqual(lab.look(), ["bash", "  2 short-lived commands", "  make", "  runglass-hook"]);
  });

  it("show at once what a folded command does after all", () => {
    const lab = new Lab();
    const below = lab.start("dash");
    const deep = lab.start("tee", below);
    lab.run.exit(deep, 0, 0, 3000);
    lab.run.exit(below, 0, 0, 3000);
    lab.quiet(4);
    assert.deepEqual(lab.look(), ["bash", "  5 short-lived commands"]);
    lab.run.file(deep, "create", "/w/late");
    assert.deepEqual(lab.look(), ["bash", "  dash", "    tee", "      late", "  4 short-lived commands"]);
  });

  it("show it also where a run in a run had been folded before", () => {
    const lab = new Lab();
    const shells = Array.from({ length: 4 }, () => lab.start("sh"));
    const seds = shells.map((shell) => Array.from({ length: 4 }, () => lab.start("sed", shell)));
    for (const id of seds.flat()) lab.run.exit(id, 0, 0, 3000);
    assert.deepEqual(lab.look(), ["bash", ...shells.flatMap(() => ["  sh", "    4 short-lived commands"])]);
    for (const id of shells) lab.run.exit(id, 0, 0, 5000);
    assert.deepEqual(lab.look(), ["bash", "  4 short-lived commands"]);
    lab.run.file(seds[1]![2]!, "create", "/w/late");
    const others = ["  sh", "    4 short-lived commands"];
    const its = ["  sh", "    sed", "    sed", "    sed", "      late", "    sed"];
    assert.deepEqual(lab.look(), ["bash", ...others, ...its, ...others, ...others]);
  });

  it("open, one in another and below what is closed, for a row that is to be shown", () => {
    const lab = new Lab();
    const shells = Array.from({ length: 4 }, () => lab.start("sh"));
    for (const shell of shells) {
      for (let i = 0; i < 4; i++) lab.run.exit(lab.start("sed", shell), 0, 0, 3000);
    }
    for (const id of shells) lab.run.exit(id, 0, 0, 5000);
    lab.look();
    // The third sed of the second shell: the runs around it are not known while what is above them is closed.
    const inner = lab.model.rows.first[lab.model.rows.next[lab.row("4 short-lived commands")]!]!;
    const third = lab.model.rows.next[lab.model.rows.next[inner]!]!;
    lab.view.setOpen(1, false);
    assert.deepEqual(lab.look(), ["bash"]);
    assert.ok(lab.view.reveal(third));
    assert.ok(lab.view.order.has(third));
  });

  it("open for the row that was chosen in a filtered list", () => {
    const lab = new Lab();
    lab.quiet(4);
    lab.quiet(1, "cat");
    lab.look();
    lab.filter("comm:cat");
    const chosen = lab.row("cat");
    lab.filter("");
    assert.ok(!lab.view.order.has(chosen));
    assert.notEqual(foldedInto(lab.view, chosen), ROOT);
    unfold(lab.view, chosen);
    assert.ok(lab.view.order.has(chosen));
    assert.equal(foldedInto(lab.view, chosen), ROOT);
  });

  it("stand for several where one event is asked about", () => {
    const lab = new Lab();
    lab.quiet(4);
    lab.look();
    const row = lab.row("4 short-lived commands");
    assert.match(String(eventToAskAbout(lab.view, row)), /open it and choose one/);
    lab.view.setOpen(row, true);
    assert.deepEqual(eventToAskAbout(lab.view, row), { seq: lab.model.rows.firstSeq[row] });
    assert.equal(eventToAskAbout(lab.view, ROOT), "Choose a row first");
  });

  it("open for a row that is to be shown, and are what stands for it until then", () => {
    const lab = new Lab();
    lab.quiet(6);
    lab.look();
    const row = lab.row("6 short-lived commands");
    const third = lab.model.rows.next[lab.model.rows.next[row]!]!;
    assert.equal(lab.view.nearest(third), row);
    assert.ok(lab.view.reveal(third));
    assert.ok(lab.view.order.has(third) && lab.view.isOpen(row));
    lab.view.setMode("none");
    lab.view.setMode("default");
    assert.ok(!lab.view.order.has(third));
    lab.view.setMode("all");
    assert.ok(lab.view.order.has(third));
  });

  it("fold nothing more, and the chosen row never, while somebody reads", () => {
    const lab = new Lab();
    lab.quiet(4);
    lab.look();
    lab.view.runs.mayGrow = false;
    lab.quiet(5, "cat");
    assert.deepEqual(lab.look(), ["bash", "  4 short-lived commands", ...Array<string>(5).fill("  cat")]);
    lab.view.setOpen(1, false);
    lab.view.setOpen(1, true);
    assert.equal(lab.look().length, 7, "opening something else folds nothing either");
    lab.view.runs.mayGrow = true;
    lab.view.runs.kept = lab.row("cat");
    lab.quiet(4, "cut");
    assert.deepEqual(lab.look(), ["bash", "  4 short-lived commands", "  cat", "  8 short-lived commands"]);
  });

  it("fold a moment later where the list was made anew just now, and say so", () => {
    const model = new RunModel();
    let now = 0;
    const view = new TreeView(new ProcessTree(model), () => now);
    const run = new EventWriter();
    const quiet = (id: string): void => {
      run.exec(id, undefined, ["sed"]);
      run.exit(id, 0, 0, 3000);
    };
    const take = (): number => {
      for (const line of run.take().split("\n")) if (line !== "") applyLine(model, line);
      view.sync();
      return view.order.count;
    };
    for (let i = 0; i < 4; i++) quiet(`${i + 1}-p`);
    assert.deepEqual([take(), view.isWaiting], [1, false]);
    quiet("5-p");
    assert.deepEqual([take(), view.isWaiting], [2, true]);
    now += 1000;
    assert.deepEqual([take(), view.isWaiting], [1, false]);
  });

  it("are reached into by filters", () => {
    const lab = new Lab();
    lab.quiet(4);
    lab.quiet(4, "cat");
    lab.look();
    lab.filter("comm:cat");
    assert.deepEqual(lab.look(), ["bash", ...Array<string>(4).fill("  cat")]);
    lab.filter("");
    assert.deepEqual(lab.look(), ["bash", "  8 short-lived commands"]);
    lab.filter("comm:cat");
    lab.run.file("105-p", "create", "/w/late");
    lab.look();
    lab.filter("");
    assert.deepEqual(lab.look(), ["bash", "  5 short-lived commands", "  cat", "    late", "  cat", "  cat"]);
  });

  it("say in details, copies and filters what they stand for", () => {
    const lab = new Lab();
    lab.quiet(4);
    lab.look();
    const row = lab.row("4 short-lived commands");
    const { title, fields } = describeViewDetails(lab.view, row);
    const [commands, why] = fields;
    assert.equal(title, "4 short-lived commands");
    assert.deepEqual(commands, {
      kind: "list",
      label: "Commands",
      items: ["sed arg1", "sed arg2", "sed arg3", "sed arg4"],
    });
    assert.match(why?.kind === "text" ? why.value : "", /as far as it was seen, changed no file/);
    assert.equal(commandLines(lab.view, row), "sed arg1\nsed arg2\nsed arg3\nsed arg4");
    assert.equal(filterForView(lab.view, row), "pid:100,101,102,103");
    assert.equal(filterForView(lab.view, 1), "pid:1");
  });

  it("hide no row but quiet commands, and have each row stood for, whatever comes in whatever order", () => {
    const step = fc.record({ what: fc.nat(9), who: fc.nat(200), isLook: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        const lab = new Lab();
        const ids: string[] = [];
        for (const { what, who, isLook } of steps) {
          const id = ids[who % Math.max(1, ids.length)];
          if (what < 5 || id === undefined) {
            ids.push(lab.start("sed", what === 0 ? id : undefined));
            if (what !== 1) lab.run.exit(ids.at(-1)!, 0, 0, 3000);
          } else if (what === 5) lab.run.exit(id, 1, 0, 3000);
          else if (what === 6) lab.run.file(id, "create", `/w/f${who}`);
          else lab.quiet(3);
          if (what === 9) lab.filter(who % 2 === 0 ? "comm:sed" : "");
          lab.view.runs.mayGrow = who % 3 !== 0;
          if (!isLook || lab.view.isFiltered) continue;
          lab.look();
          const { view, model } = lab;
          for (let row = 1; row < model.rowCount; row++) {
            assert.ok(view.order.has(view.nearest(row)), `row ${row} has a place`);
            if (view.runs.leaderOf(row) !== 0) assert.ok(view.tree.isQuiet?.(row), `row ${row} is folded and quiet`);
          }
          const listed = Array.from({ length: view.order.count }, (_, place) => view.order.at(place));
          view.rebuild();
          if (view.runs.mayGrow) continue;
          const again = Array.from({ length: view.order.count }, (_, place) => view.order.at(place));
          assert.deepEqual(listed, again, "one by one and all at once are the same");
        }
      }),
      { numRuns: 100 },
    );
  });
});
