// Takes the pictures of README.md: the terminal, the comment and the page of one run, as Chromium shows them.
const fs = require("fs"), path = require("path"), {pathToFileURL} = require("url");
const {chromium} = require("playwright-core"), {marked} = require("marked");
const [, , work, out] = process.argv;
const colours = {0: "", 31: "#c4432b", 32: "#1a7f37", 33: "#8a6100"};
// What a terminal makes of the colours that Gatewright uses.
const terminal = text => text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/\x1b\[(\d+)m/g, (_, n) => n === "0" ? "</span>" : `<span style="color:${colours[n]}">`);
const frame = (style, body) => `<!doctype html><meta charset="utf-8"><style>body{margin:0;padding:16px 20px;background:#fff;color:#1f2328;${style}}</style>${body}`;

(async () => {
  const browser = await chromium.launch({executablePath: "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu"]});
  const shot = async (name, width, height, show) => {
    const page = await (await browser.newContext({viewport: {width, height}, colorScheme: "light"})).newPage();
    await show(page);
    const size = await page.evaluate(() => document.documentElement.scrollHeight);
    await page.screenshot({path: path.join(out, name), clip: {x: 0, y: 0, width, height: Math.min(size, height)}});
  };
  const set = html => async page => page.setContent(html);
  await shot("terminal.png", 920, 460, set(frame("font:14px/1.4 'DejaVu Sans Mono',monospace", `<pre style="margin:0"><b>$ gatewright gate --local --min-total 80 --min-patch 90</b>\n${terminal(fs.readFileSync(path.join(work, "terminal.txt"), "utf8"))}</pre>`)));
  const comment = marked.parse(fs.readFileSync(path.join(work, "comment.md"), "utf8"), {gfm: true}).replace(/❌/g, '<span style="color:#c4432b">✘</span>').replace(/✅/g, '<span style="color:#1a7f37">✔</span>'); // no colour font here
  await shot("comment.png", 920, 640, set(frame("font:14px/1.5 'DejaVu Sans',sans-serif", `<style>table{border-collapse:collapse}td,th{border:1px solid #d1d9e0;padding:4px 10px;text-align:left}code{background:#eff1f3;border-radius:4px;padding:1px 4px;font-size:12px}a{color:#0969da;text-decoration:none}h2,h3{margin:.4em 0;border-bottom:1px solid #d1d9e0}</style>${comment}`)));
  await shot("page.png", 1120, 640, async page => page.goto(pathToFileURL(path.join(work, "page/index.html")).href));
  await shot("source.png", 1100, 520, async page => {
    const index = fs.readFileSync(path.join(work, "page/index.html"), "utf8");
    const files = JSON.parse(index.match(/id="data">(.*?)<\/script>/s)[1]).files;
    let best = 0; // the file with the most changed lines of which some never ran
    files.forEach((f, i) => { if (f[6] - f[5] > 0 && (f[6] > files[best][6] || files[best][6] === files[best][5])) best = i; });
    await page.goto(pathToFileURL(path.join(work, `page/files/${best}.html`)).href);
    await page.keyboard.press("c");
    await page.evaluate(() => scrollTo(0, 0));
  });
  await browser.close();
})();
