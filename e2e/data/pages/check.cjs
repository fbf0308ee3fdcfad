// Opens the pages in Chromium and tries them as a reader would.
const fs = require("fs"), path = require("path"), {pathToFileURL} = require("url");
const {chromium} = require("playwright-core"), {marked} = require("marked");
const [, , work, modules, shots] = process.argv;
let passed = 0, failed = 0;
const check = (what, good, more = "") => {
  good ? passed++ : failed++;
  console.log(`  ${good ? "ok   " : "FAIL "} ${what}${good || more === "" ? "" : ": " + more}`);
};
const at = (...parts) => pathToFileURL(path.join(work, ...parts)).href;

(async () => {
  const browser = await chromium.launch({executablePath: "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]});
  const open = async (url, options = {}) => {
    const context = await browser.newContext({viewport: {width: 1280, height: 1000}, ...options});
    const page = await context.newPage();
    page.said = [];
    page.on("console", m => page.said.push(m.text()));
    page.on("pageerror", e => page.said.push(e.message));
    page.on("dialog", d => { page.said.push("dialog " + d.message()); d.dismiss(); });
    page.on("request", r => { if (!r.url().startsWith("file:") && !r.url().startsWith("data:")) page.said.push("network " + r.url()); });
    const start = Date.now();
    await page.goto(url);
    page.took = Date.now() - start;
    return page;
  };
  const shot = async (page, name) => { if (shots) await page.screenshot({path: path.join(shots, name + ".png")}); };
  // axe comes in from outside, which the page's own policy forbids.
  const axe = async (url, what, colorScheme = "light") => {
    const page = await open(url, {bypassCSP: true, colorScheme});
    await page.addScriptTag({path: path.join(modules, "axe-core/axe.min.js")});
    const found = await page.evaluate(async () => (await axe.run({resultTypes: ["violations"]})).violations.map(v => `${v.id} ×${v.nodes.length} ${v.nodes[0].html.slice(0, 90)}`));
    check(`${what}: no accessibility violation (axe)`, found.length === 0, found.join("; "));
    await page.context().close();
  };

  console.log("10,000 files");
  let page = await open(at("big/html/out/index.html"));
  check(`opens from file:// (${page.took} ms)`, await page.locator("#rows tr").count() > 0);
  check("title names the coverage", /covered$/.test(await page.title()), await page.title());
  check("map has cells", await page.locator("#map a").count() > 20);
  await shot(page, "index-light");
  await page.locator("#map a").nth(1).focus();
  await page.keyboard.press("Enter");
  check("a cell of the map opens by keyboard", (await page.evaluate(() => location.href)) !== at("big/html/out/index.html"));
  await page.goto(at("big/html/out/index.html") + "#src");
  await page.reload();
  check("an address with a folder opens that folder", await page.locator("#crumbs [aria-current=page]").textContent() === "src");
  check("a folder lists what is in it", await page.locator("#rows tr").count() === 20, String(await page.locator("#rows tr").count()));
  await page.locator("#flat").check();
  check("all files: 200 rows first", await page.locator("#rows tr").count() === 200);
  check("the rows are announced", /10000 entries/.test(await page.locator("#said[role=status]").textContent()));
  let start = Date.now();
  await page.locator("#more").click();
  await page.waitForFunction(() => document.querySelectorAll("#rows tr").length === 10000);
  check(`all 10,000 rows on request (${Date.now() - start} ms)`, true);
  start = Date.now();
  await page.locator("#filter").fill("file00042");
  check(`search (${Date.now() - start} ms)`, await page.locator("#rows tr").count() === 1);
  await page.locator("#filter").fill("");
  await page.locator("#flat").uncheck();
  const uncovered = page.getByRole("button", {name: "Uncovered"});
  await uncovered.focus();
  await page.keyboard.press("Enter");
  const column = async n => (await page.locator(`#rows td:nth-child(${n})`).allTextContents()).map(parseFloat);
  let values = await column(3);
  check("a heading sorts by keyboard, most first", values.every((v, i) => !i || v <= values[i - 1]) && await page.locator("th[aria-sort=descending]").textContent() === "Uncovered");
  await page.keyboard.press("Space");
  values = await column(3);
  check("again turns it round", values.every((v, i) => !i || v >= values[i - 1]) && await page.locator("th[aria-sort=ascending]").count() === 1);
  await page.locator("#rows").getByRole("link", {name: "m00/"}).click();
  await page.goBack();
  check("back returns to the folder before", await page.locator("#crumbs [aria-current=page]").textContent() === "src");
  await page.keyboard.press("Tab");
  await axe(at("big/html/out/index.html") + "#src", "first page, light");
  check("nothing from the network, no error, no dialog", page.said.length === 0, page.said.join("; "));

  page = await open(at("big/html/out/index.html") + "#src", {colorScheme: "dark"});
  check("dark follows the system", await page.evaluate(() => getComputedStyle(document.body).backgroundColor) === "rgb(20, 23, 27)");
  await shot(page, "index-dark");
  await axe(at("big/html/out/index.html") + "#src", "first page, dark", "dark");
  page = await open(at("big/html/out/index.html"), {viewport: {width: 360, height: 740}});
  check("no sideways scrolling on a phone", await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), String(await page.evaluate(() => document.documentElement.scrollWidth)));
  await shot(page, "index-phone");

  console.log("a source page");
  for (const colorScheme of ["light", "dark"]) {
    page = await open(at("big/html/out/files/42.html"), {colorScheme});
    check(`${colorScheme}: 300 lines`, await page.locator(".src tr").count() === 300);
    await page.keyboard.press("n");
    check(`${colorScheme}: n goes to an uncovered line`, await page.evaluate(() => document.querySelector(":target")?.className) === "u");
    await shot(page, "source-" + colorScheme);
    await axe(at("big/html/out/files/42.html"), `source page, ${colorScheme}`, colorScheme);
    check(`${colorScheme}: nothing from the network, no error`, page.said.length === 0, page.said.join("; "));
  }

  console.log("hostile names and sources");
  const report = JSON.parse(fs.readFileSync(path.join(work, "hostile/report.json")));
  page = await open(at("hostile/out/index.html"));
  await page.locator("#flat").check();
  check("every file has a row", await page.locator("#rows tr").count() === report.files.length, `${await page.locator("#rows tr").count()} of ${report.files.length}`);
  check("no element out of a name", await page.locator("img, #rows script, #rows b, #map script").count() === 0);
  await shot(page, "hostile");
  for (const link of await page.locator("#rows a").evaluateAll(all => all.map(a => a.href))) {
    if (!link.startsWith("file:")) check("rows lead to files only", false, link);
  }
  check("no script of theirs ran", await page.evaluate(() => window.broken === undefined));
  check("no error, no dialog, no network", page.said.length === 0, page.said.join("; "));
  let broken = [];
  for (let i = 0; i < report.files.length; i++) {
    page = await open(at(`hostile/out/files/${i}.html`));
    if (await page.evaluate(() => window.broken !== undefined || document.querySelector("img, td script, h1 *") !== null) || page.said.length) broken.push(i + " " + page.said.join());
    await page.context().close();
  }
  check("no source page breaks", broken.length === 0, broken.join("; "));

  console.log("the Markdown summary");
  const markdown = fs.readFileSync(path.join(work, "hostile/summary.md"), "utf8");
  const blocks = [...markdown.matchAll(/^```mermaid\n([\s\S]*?)\n```$/gm)].map(m => m[1]);
  check("it has a trend", blocks.length === 1, String(blocks.length));
  page = await open("about:blank");
  page.said.length = 0;
  await page.addScriptTag({path: path.join(modules, "mermaid/dist/mermaid.min.js")});
  for (const block of blocks) {
    const drawn = await page.evaluate(async b => {
      mermaid.initialize({startOnLoad: false, securityLevel: "strict"});
      return (await mermaid.render("x" + Math.random().toString(36).slice(2), b)).svg.length;
    }, block).catch(e => e.message);
    check(`mermaid draws ${block.split("\n")[0]}`, drawn > 500, String(drawn));
  }
  await page.setContent(`<!doctype html><base href="https://example.invalid/">${marked.parse(markdown, {gfm: true})}`);
  const live = await page.evaluate(() => ({
    bad: window.broken !== undefined || !!document.querySelector("script, img, iframe, svg, style, h1"),
    links: [...document.querySelectorAll("a")].map(a => a.href).filter(h => !/^https:\/\/example\.com\//.test(h)),
    tables: [...document.querySelectorAll("table")].map(t => new Set([...t.rows].map(r => r.cells.length)).size),
  }));
  check("rendered, no element out of a text", !live.bad);
  check("rendered, no link but to a rule's page", live.links.length === 0, live.links.join(" "));
  check("every table stays a table", live.tables.every(n => n === 1) && live.tables.length >= 3, live.tables.join());

  await browser.close();
  console.log(`${passed} passed, ${failed} failed`);
  process.exit(failed ? 1 : 0);
})().catch(e => { console.log(`  FAIL  ${e.stack}`); console.log(`${passed} passed, ${failed + 1} failed`); process.exit(1); });
