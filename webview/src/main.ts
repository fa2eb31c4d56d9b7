// The monitor page's entry: builds the page, and tells the host of a defect instead of failing in silence.
import "./ui/monitor.css";
import { App } from "./app.ts";

const root = document.getElementById("app") ?? document.body.appendChild(document.createElement("div"));
root.id = "app";
const app = new App(root);

// Read by tests and benchmarks: costs one assignment a frame.
Object.assign(window, { runglass: app.painted });
