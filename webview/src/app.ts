// The page: connects the host's messages, the session, and the parts of the screen, and paints at most once a frame.
import type { SourceState, ToPage } from "../protocol/messages.ts";
import { eventToAskAbout } from "./askAbout.ts";
import { DetailsPainter } from "./detailsPainter.ts";
import { type CopyAs, copyNames, copyText } from "./copyText.ts";
import { FramePacer } from "./framePacer.ts";
import { connectHost, type Host } from "./host.ts";
import { ROOT } from "./model/rowKinds.ts";
import { unfold } from "./model/unfold.ts";
import { carryOutAction, carryOutCommand, type PageParts } from "./pageActions.ts";
import { onPageKey } from "./pageKeys.ts";
import { PageTimeline } from "./pageTimeline.ts";
import { newPainted, notePaint } from "./painted.ts";
import { PlaceKeeper } from "./placeKeeper.ts";
import { Pump } from "./pump.ts";
import { Session } from "./session.ts";
import { StateKeeper } from "./stateKeeper.ts";
import { SumsPainter } from "./sumsPainter.ts";
import { Surroundings } from "./surroundings.ts";
import { rawEvents } from "./text/copyAs.ts";
import { filterForView } from "./text/describeRun.ts";
import { policyEntries } from "./text/policyEntries.ts";
import { formatCount } from "./text/format.ts";
import { Announcer } from "./ui/announcer.ts";
import { DetailsPane } from "./ui/detailsPane.ts";
import { el } from "./ui/dom.ts";
import { FilterBar } from "./ui/filterBar.ts";
import { Grid } from "./ui/grid.ts";
import { makeHelp } from "./ui/helpOverlay.ts";
import { buildLayout, type Layout } from "./ui/layout.ts";
import { ViewTabs } from "./ui/viewTabs.ts";
import { ViewSwitch } from "./viewSwitch.ts";
import type { ViewState } from "./viewState.ts";

/** More than this between two frames is a log that pours in, not a run that goes on. */
const FLOOD_EVENTS = 600;

export class App {
  readonly painted = newPainted();
  readonly #host: Host;
  readonly #pump: Pump;
  readonly #frames = new FramePacer(
    (isSoon) => this.#frame(isSoon),
    () => this.#isFlooded,
  );
  readonly #places = new PlaceKeeper();
  readonly #announcer = new Announcer();
  readonly #help = makeHelp();
  readonly #filter: FilterBar;
  readonly #tabs: ViewTabs;
  readonly #switch: ViewSwitch;
  readonly #grid: Grid;
  readonly #timeline: PageTimeline;
  readonly #sums: SumsPainter;
  readonly #details: DetailsPane;
  readonly #detailsPainter: DetailsPainter;
  readonly #around: Surroundings;
  readonly #state: StateKeeper;
  readonly #layout: Layout;
  readonly #parts: PageParts;
  #session: Session;
  #paintedEvents = 0;
  #rowsAtUnfollow = 0;

  constructor(root: HTMLElement) {
    this.#host = connectHost((message) => this.#receive(message));
    this.#state = new StateKeeper(this.#host, () => ({
      widths: this.#grid.widths,
      sorts: this.#grid.sorts,
      place: this.#places.take(this.#session, this.#grid, this.#filter.text),
    }));
    this.#session = this.#newSession();
    const requestFrame = (): void => this.#frames.request(true);
    this.#around = new Surroundings({
      ask: (kind) => this.#host.send({ kind }),
      changeFilter: (change) => this.#filter.setText(change(this.#filter.text)),
    });
    this.#timeline = new PageTimeline({
      filter: () => this.#filter,
      model: () => this.#session.model,
      requestFrame,
    });
    const { painted } = this;
    const session = (): Session => this.#session;
    this.#sums = new SumsPainter({ around: this.#around, timeline: this.#timeline, painted, session, requestFrame });
    this.#filter = new FilterBar({
      onQuery: (query, text) => {
        this.#session.setQuery(query);
        this.#timeline.onFilter(query, text);
        this.#around.quickFilters.onFilter(text);
        this.#state.save();
        this.#pump.run();
        requestFrame();
      },
      onLeave: () => this.#grid.element.focus(),
      seen: () => this.#session.model.seen,
    });
    this.#grid = new Grid(this.#session.view, {
      requestFrame,
      onStateChange: () => this.#state.save(),
      onSelect: () => {
        this.#detailsPainter.forget();
        requestFrame();
      },
      onFollowChange: (follow) => {
        if (follow) this.#timeline.showAll();
        this.#rowsAtUnfollow = this.#session.model.rowCount;
        requestFrame();
      },
      onAction: (action) => carryOutAction(this.#parts, action),
    });
    this.#tabs = new ViewTabs(el("div", { class: "list" }), (name) => this.#switch.to(name));
    this.#switch = new ViewSwitch(this.#grid, {
      session,
      say: (text) => this.#announcer.say(text),
      onSwitch: (name) => {
        this.#places.cancel();
        this.#tabs.show(name);
        this.#keep({ view: name });
        this.#pump.run();
      },
      requestFrame,
    });
    this.#details = new DetailsPane({
      select: (row) => this.#switch.goTo(row),
      close: () => {
        this.#showDetails(false);
        this.#grid.element.focus();
      },
      copy: (what) => this.#copy(what),
      filterTo: () => this.#filterToRow(),
      showInProcesses: () => this.#switch.showInProcesses(),
      openDiff: () => this.#askAbout(),
      allowEndpoint: () => this.#allowEndpoint(),
      commentOnPull: () => this.#askAbout("commentOnPull"),
      rawEvents: () => {
        const { model, raw, view } = this.#session;
        return rawEvents(model, raw, view.tree.modelRow(this.#grid.row));
      },
    });
    this.#detailsPainter = new DetailsPainter(this.#details, requestFrame);
    this.#layout = buildLayout(root, {
      header: this.#around.header.element,
      filter: this.#filter,
      tabs: this.#tabs,
      quickFilters: this.#around.quickFilters.element,
      banner: this.#around.banner.element,
      notices: this.#around.notices.element,
      grid: this.#grid.element,
      empty: this.#around.empty.element,
      timeline: this.#timeline.element,
      details: this.#details.element,
      help: this.#help.element,
      announcer: this.#announcer.element,
      onFollow: (follow) => this.#grid.setFollow(follow),
      onCommand: (command) => carryOutCommand(this.#parts, command),
      onShare: (share) => this.#keep({ detailsShare: share }),
    });
    this.#parts = this.#makeParts();
    for (const input of ["keydown", "mousedown", "wheel"]) {
      this.#grid.element.addEventListener(
        input,
        () => {
          this.#places.cancel();
          this.#switch.cancel();
        },
        { capture: true, passive: true },
      );
    }
    this.#pump = new Pump((deadline) => this.#work(deadline));
    this.#start();
  }

  #makeParts(): PageParts {
    return {
      grid: this.#grid,
      filter: this.#filter,
      help: this.#help,
      views: this.#switch,
      details: this.#details,
      isDetailsOpen: () => this.#layout.detailsOpen,
      showDetails: (open) => this.#showDetails(open),
      toggleTimeline: () => {
        this.#keep({ timeline: !this.#layout.timelineOpen });
        this.#frames.request(true);
      },
      setOpenMode: (mode) => {
        this.#grid.beforeChange();
        this.#session.view.setMode(mode);
        this.#grid.afterChange();
        this.#state.save();
        this.#frames.request(true);
      },
      copy: (what) => this.#copy(what),
      openDiff: () => this.#askAbout(),
      allowEndpoint: () => this.#allowEndpoint(),
      commentOnPull: () => this.#askAbout("commentOnPull"),
    };
  }

  #start(): void {
    const { view, widths, sorts, place } = this.#state.saved;
    this.#tabs.show(view);
    this.#grid.restore(widths, sorts);
    this.#arrange();
    this.#places.want(place);
    if (place !== undefined) this.#filter.setText(place.filter);
    window.addEventListener("error", (event) => this.#host.send({ kind: "error", message: event.message }));
    onPageKey({ filter: () => this.#filter.focus(), help: () => this.#help.show() });
    this.#frames.request(true);
    this.#host.send({ kind: "ready" });
  }

  #newSession(): Session {
    const done = (chunk: number): void => this.#host.send({ kind: "ack", chunk });
    return new Session(this.#state.saved.view, done, () => this.#frames.request(false));
  }

  #receive(message: ToPage): void {
    switch (message.kind) {
      case "init":
        this.#init(message);
        break;
      case "lines":
        this.#session.push(message.bytes, message.firstSeq, message.chunk);
        this.#pump.run();
        return;
      case "state":
        this.#setState(message.state);
        break;
      case "jobSteps":
        this.#session.setJobSteps(message.steps);
        break;
      case "reset":
        this.#reset();
        break;
      case "filter":
        this.#filter.setText(message.text);
        break;
      case "command":
        carryOutCommand(this.#parts, message.command);
        break;
    }
    this.#frames.request(true);
  }

  #init({ title, session, placement, source, state }: Extract<ToPage, { readonly kind: "init" }>): void {
    const known = this.#state.saved.session;
    if (known !== "" && known !== session) {
      this.#places.want(undefined);
      this.#filter.setText("");
    }
    document.body.dataset["placement"] = placement;
    this.#around.title = title;
    this.#around.source = source;
    this.#keep({ session });
    this.#state.saveNow();
    this.#setState(state);
  }

  #setState(state: SourceState): void {
    if (state.kind !== this.#around.state.kind) this.#announcer.sayState(state);
    // A recorded run is read from its start; only one that goes on is followed.
    const isRecorded = state.kind === "loading" || state.kind === "ended";
    if (isRecorded && this.#session.model.rowCount === 1) this.#grid.setFollow(false);
    // Also a log that was cut off has ended: what has not been seen by now will not be.
    if (state.kind === "ended") {
      this.#session.model.facts.ended = true;
      // What went on until now goes on no longer: `time:` asks for that.
      this.#session.refilter();
      this.#pump.run();
    }
    this.#around.setState(state);
  }

  /** The same run may follow from its start: the user's place is looked for again. */
  #reset(): void {
    const place = this.#places.take(this.#session, this.#grid, this.#filter.text);
    this.#session.intake.clear();
    this.#session = this.#newSession();
    this.#switch.reset();
    this.#grid.show(this.#session.view);
    this.#timeline.showAll();
    this.#around.notices.reset();
    this.#announcer.reset();
    this.#rowsAtUnfollow = 0;
    Object.assign(this.painted, { seq: 0, sums: 0 });
    this.#places.want(place);
    if (this.#filter.text !== "") this.#filter.setText(this.#filter.text);
  }

  #work(deadline: number): boolean {
    const more = this.#session.work(
      deadline,
      () => this.#grid.beforeChange(),
      () => {
        const { view } = this.#session;
        unfold(view, this.#grid.row);
        this.#grid.afterChange();
        if (view.isFiltered) this.#announcer.say(`${formatCount(view.matches)} rows fit the filter`);
      },
    );
    // Rows of a flood go into the list slice by slice, so that no frame has to take them all.
    if (this.#isFlooded) this.#sync();
    this.#frames.request(false);
    return more;
  }

  get #isFlooded(): boolean {
    const { intake, model } = this.#session;
    return !intake.idle || this.#session.isBehind || model.facts.events - this.#paintedEvents > FLOOD_EVENTS;
  }

  #sync(): void {
    this.#grid.beforeChange();
    if (this.#session.sync(this.#grid.follow || !this.#around.wasLive)) this.#grid.afterChange();
  }

  #frame(isSoon: boolean): void {
    const session = this.#session;
    const { model, view } = session;
    this.#paintedEvents = model.facts.events;
    this.#sync();
    if (session.isBusy) this.#pump.run();
    this.#places.find(session, this.#grid, () => this.#filter.setText(""));
    this.#switch.find();
    const { isLive } = this.#around;
    const nowT = session.clock(isLive);
    this.#grid.paint(isLive ? nowT : 0);
    this.#paintAround();
    this.#sums.frame(isSoon, nowT);
    if (this.#layout.detailsOpen) this.#detailsPainter.paint(view, this.#grid.row, isLive);
    this.#announcer.follow(model);
    notePaint(this.painted, {
      seq: model.facts.lastSeq,
      rows: model.rowCount - 1,
      listed: view.order.count,
      elements: this.#grid.elementCount,
    });
  }

  #paintAround(): void {
    const { model, view } = this.#session;
    this.#around.paint(this.#session);
    this.#filter.showCount(view.isFiltered ? `${formatCount(view.matches)} of ${formatCount(view.tree.findable)}` : "");
    const { goesOn, isComing } = this.#around;
    const fresh = this.#grid.follow || !goesOn ? 0 : model.rowCount - this.#rowsAtUnfollow;
    this.#layout.showFollow(this.#grid.follow, fresh);
    this.#layout.showBusy(isComing || this.#session.isBusy);
  }

  #copy(what: CopyAs): void {
    const row = this.#grid.row;
    if (row === ROOT) return;
    const text = copyText(this.#session, row, what, this.#grid.columnName ?? "name");
    if (text === undefined) {
      this.#announcer.say(`This row has no ${copyNames[what]}`);
      return;
    }
    this.#host.send({ kind: "copy", text, what: copyNames[what] });
    this.#announcer.say(`Copied the ${copyNames[what]}`);
  }

  #askAbout(kind: "openDiff" | "commentOnPull" = "openDiff"): void {
    const asked = eventToAskAbout(this.#session.view, this.#grid.row);
    if (typeof asked === "string") this.#announcer.say(asked);
    else this.#host.send({ kind, ...asked });
  }

  #allowEndpoint(): void {
    const row = this.#grid.row;
    const entries = row === ROOT ? undefined : policyEntries(this.#session.view.tree, row);
    if (entries === undefined) this.#announcer.say("This row is about no connection");
    else {
      const request = copyText(this.#session, row, "policyEntry", "name") ?? entries;
      this.#host.send({ kind: "allowEndpoint", entries, request });
    }
  }

  #filterToRow(): void {
    if (this.#grid.row !== ROOT) this.#filter.add(filterForView(this.#session.view, this.#grid.row));
  }

  #showDetails(open: boolean): void {
    this.#keep({ detailsOpen: open });
    this.#detailsPainter.forget();
    this.#frames.request(true);
  }

  #keep(change: Partial<ViewState>): void {
    this.#state.keep(change);
    this.#arrange();
  }

  #arrange(): void {
    const { detailsOpen, detailsShare, timeline } = this.#state.saved;
    this.#layout.showDetails(detailsOpen, detailsShare);
    this.#layout.showTimeline(timeline);
  }
}
