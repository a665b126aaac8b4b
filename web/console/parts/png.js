// A QR code as a PNG, drawn anew from the path of the SVG: every module as many whole pixels as the next, so that no edge
// is blurred.
import { ask } from "../api.js";
import { saveAs } from "./save.js";

const leastPixels = 1024;

/** @param {string} path of the SVG, below /api/v1 */
export async function savePng(path) {
  const svg = await ask("GET", path, { accept: "image/svg+xml" });
  const modules = Number(/viewBox="0 0 (\d+)/.exec(svg)[1]);
  const scale = Math.ceil(leastPixels / modules);
  const side = modules * scale;
  const canvas = document.createElement("canvas");
  canvas.width = side;
  canvas.height = side;
  const brush = canvas.getContext("2d");
  brush.fillStyle = "#ffffff";
  brush.fillRect(0, 0, side, side);
  brush.scale(scale, scale);
  brush.fillStyle = "#000000";
  brush.fill(new Path2D(/<path[^>]* d="([^"]+)"/.exec(svg)[1]));
  const bytes = await new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
  saveAs(bytes, "qr.png");
}
