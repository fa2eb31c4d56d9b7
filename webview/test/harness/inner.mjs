// Runs in the monitor's frame before the monitor: the editor's API, as far as the page uses it, and a record of what the
// security policy refused and of tasks that held the page up.
const violations = [];
addEventListener("securitypolicyviolation", (event) =>
  violations.push(`${event.violatedDirective} ${event.blockedURI}`),
);
const longTasks = [];
new PerformanceObserver((list) => {
  for (const entry of list.getEntries())
    longTasks.push({ start: entry.startTime, duration: entry.duration, name: entry.name });
}).observe({ type: "longtask", buffered: true });
const errors = [];
addEventListener("error", (event) => errors.push(event.message));
addEventListener("unhandledrejection", (event) => errors.push(String(event.reason)));
Object.assign(window, { harness: { violations, longTasks, errors } });

window.acquireVsCodeApi = () => ({
  postMessage: (message) => parent.postMessage({ fromPage: message }, "*"),
  getState: () => JSON.parse(parent.sessionStorage.getItem("state") ?? "null") ?? undefined,
  setState: (state) => parent.sessionStorage.setItem("state", JSON.stringify(state)),
});
