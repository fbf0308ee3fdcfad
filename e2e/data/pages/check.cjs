// Opens the pages in Chromium and tries them as a reader would.
const fs = require("fs"), path = require("path"), {pathToFileURL} = require("url");
const {chromium} = require("playwright-core"), {marked} = require("marked");
const [, , work, modules, shots] = process.argv;
let passed = 0, failed = 0;
const check = (what, good, more = "") => {
  good ? passed++ : failed++;
  console.log(`  ${good ? "ok   " : "FAIL "} ${what}${good || more === "" ? "" : ": " + more}`);
};
// becomes asks until the answer is the one expected, for two minutes at most: a link to an
// anchor is followed by an event, which a click and goBack do not wait for.
const becomes = async (what, expected, ask) => {
  let answer;
  for (const end = Date.now() + 120_000; (answer = await ask()) !== expected && Date.now() < end;) await new Promise(r => setTimeout(r, 20));
  check(what, answer === expected, `${answer}, not ${expected}`);
};
const at = (...parts) => pathToFileURL(path.join(work, ...parts)).href;

(async () => {
  const browser = await chromium.launch({executablePath: "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]});
  const open = async (url, options = {}) => {
    const context = await browser.newContext({viewport: {width: 1280, height: 1000}, ...options});
    context.setDefaultTimeout(300_000);
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
  const crumb = page => page.locator("#crumbs [aria-current=page]").textContent();
  const shot = async (page, name) => { if (shots) await page.screenshot({path: path.join(shots, name + ".png")}); };
  // axe comes in from outside, which the page's own policy forbids.
  const axe = async (url, what, colorScheme = "light") => {
    const page = await open(url, {bypassCSP: true, colorScheme});
    await page.addScriptTag({path: path.join(modules, "axe-core/axe.min.js")});
    const found = await page.evaluate(async () => (await axe.run({resultTypes: ["violations"]})).violations.map(v => `${v.id} ×${v.nodes.length} ${v.nodes[0].html.slice(0, 90)}`));
    check(`${what}: no accessibility violation (axe)`, found.length === 0, found.join("; "));
    await page.context().close();
  };

  // The contrast of two colours as a browser has resolved them.
  const contrast = (page, pairs) => page.evaluate(all => {
    const pen = document.createElement("canvas").getContext("2d", {willReadFrequently: true});
    const light = c => {
      pen.fillStyle = c;
      pen.fillRect(0, 0, 1, 1);
      const [r, g, b] = [...pen.getImageData(0, 0, 1, 1).data].map(v => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const style = getComputedStyle(document.documentElement), value = c => c.startsWith("--") ? style.getPropertyValue(c) : c;
    return all.map(([a, b]) => { const x = light(value(a)), y = light(value(b)); return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05); });
  }, pairs);

  console.log("10,000 files");
  let page = await open(at("big/html/out/index.html"));
  check(`opens from file:// (${page.took} ms)`, await page.locator("#rows tr").count() > 0);
  check("title names the coverage", /covered$/.test(await page.title()), await page.title());
  check("folders that hold one folder are one", await crumb(page) === "src");
  check("map has cells", await page.locator("#map a").count() > 20);
  await shot(page, "index-light");
  await page.locator("#map a").nth(1).focus();
  await page.keyboard.press("Enter");
  await becomes("a cell of the map opens by keyboard", true, async () => (await crumb(page)) !== "src");
  await page.goto(at("big/html/out/index.html") + "#src");
  await page.reload();
  check("an address with a folder opens that folder", await crumb(page) === "src");
  check("a folder lists what is in it", await page.locator("#rows tr").count() === 20, String(await page.locator("#rows tr").count()));
  await page.locator("#flat").check();
  check("all files: 200 rows first", await page.locator("#rows tr").count() === 200);
  check("the rows are announced", /10000 entries/.test(await page.locator("#said[role=status]").textContent()));
  const start = Date.now();
  await page.locator("#more").click();
  await page.waitForFunction(() => document.querySelectorAll("#rows tr").length === 10000);
  check(`all 10,000 rows on request (${Date.now() - start} ms)`, true);
  await page.keyboard.press("/");
  await page.keyboard.type("file00042");
  await becomes("/ searches", 1, () => page.locator("#rows tr").count());
  await page.locator("#filter").fill("");
  await page.locator("#flat").uncheck();
  const uncovered = page.getByRole("button", {name: "Uncovered"});
  const column = async title => {
    const n = (await page.locator("#head th").allTextContents()).findIndex(t => t.startsWith(title)) + 1;
    return (await page.locator(`#rows td:nth-child(${n})`).allTextContents()).map(parseFloat);
  };
  const sorted = async (direction, order) => {
    const values = await column("Uncovered"), by = await page.locator(`th[aria-sort=${direction}]`).allTextContents();
    return by.join() === "Uncovered" && values.every((v, i) => !i || order(v, values[i - 1]));
  };
  await becomes("the most uncovered lines are first", true, () => sorted("descending", (v, before) => v <= before));
  await uncovered.focus();
  await page.keyboard.press("Enter");
  await becomes("a heading sorts by keyboard", true, () => sorted("ascending", (v, before) => v >= before));
  await page.keyboard.press("Space");
  await becomes("again turns it round", true, () => sorted("descending", (v, before) => v <= before));
  await page.locator("#rows").getByRole("link", {name: "m00/"}).click();
  await becomes("a folder of 200 files or fewer, or more, opens", "m00", () => crumb(page));
  await page.goBack();
  await becomes("back returns to the folder before", "src", () => crumb(page));
  await page.keyboard.press("Tab");
  await axe(at("big/html/out/index.html") + "#src", "first page, light");
  check("nothing from the network, no error, no dialog", page.said.length === 0, page.said.join("; "));
  page = await open(at("big/html/out/index.html"), {javaScriptEnabled: false});
  check("without scripts: the 200 files with the most uncovered lines", await page.locator("#rows tr").count() === 200 && await page.locator("noscript").isVisible());
  await page.locator("#rows a").first().click();
  await page.waitForURL(/files/);
  check("without scripts: a row leads to its file", /files\/\d+\.html$/.test(page.url()) && await page.locator(".src tr").count() === 300);
  page = await open(at("big/html/out/index.html"));
  await page.emulateMedia({media: "print"});
  check("print: the table without the tools", await page.locator("#rows").isVisible() && !await page.locator("#tools").isVisible() && !await page.locator("#map").isVisible());

  page = await open(at("big/html/out/index.html") + "#src", {colorScheme: "dark"});
  check("dark follows the system", await page.evaluate(() => getComputedStyle(document.body).backgroundColor) === "rgb(20, 23, 27)");
  await shot(page, "index-dark");
  await axe(at("big/html/out/index.html") + "#src", "first page, dark", "dark");
  page = await open(at("big/html/out/index.html"), {viewport: {width: 360, height: 740}});
  check("no sideways scrolling on a phone", await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), String(await page.evaluate(() => document.documentElement.scrollWidth)));
  await shot(page, "index-phone");

  console.log("a change of twelve files, one without lines");
  page = await open(at("change/out/index.html"));
  check("all files at once", await page.locator("#rows tr").count() === 13, String(await page.locator("#rows tr").count()));
  const first = await page.locator("#rows tr").first().textContent();
  check("a path has room on a screen of the usual width", await page.locator("#rows td").first().evaluate(td => td.clientWidth) >= 180, String(await page.locator("#rows td").first().evaluate(td => td.clientWidth)));
  check("the file with an uncovered changed line is first", first.startsWith("f05.js"), first);
  const steps = await page.evaluate(() => Object.fromEntries([...document.querySelectorAll("#rows tr")].map(r => [r.cells[0].textContent, [r.cells[1].className, r.cells[1].textContent, getComputedStyle(r.cells[1].querySelector(".bar i")).backgroundColor]])));
  check("83 % and 99 % have different colours", steps["f08.js"][1] === "83.0 %" && steps["f09.js"][1] === "99.0 %" && steps["f08.js"][2] !== steps["f09.js"][2], JSON.stringify(steps));
  check("a file without lines is neutral", steps["none.js"][0] === "kn" && steps["none.js"][1] === "no lines");
  const cells = await page.evaluate(() => [0, 1, 2, 3, 4, 5, 6].map(k => { const e = document.querySelector(`.legend .k${k}`); const s = getComputedStyle(e); return [s.color, s.backgroundColor]; }));
  check("every step of the palette is read easily", (await contrast(page, cells)).every(c => c >= 4.5), (await contrast(page, cells)).map(c => c.toFixed(1)).join(" "));
  await page.locator("#changed").check();
  check("only changed: two files", await page.locator("#rows tr").count() === 2);
  await page.locator("#changed").uncheck();
  await page.locator("#full").check();
  check("hide 100 %: all but those", (await page.locator("#rows tr").count()) === 10, String(await page.locator("#rows tr").count()));
  check("the baseline is on the page", /baseline/.test(await page.locator("header").textContent()) && await page.locator("#head").getByText("±").count() === 1);
  check("hotspots are uncovered lines times commits", /f05\.js/.test(await page.locator(".spots tbody tr").first().textContent()));
  check("date of the commit", /of 20\d\d-\d\d-\d\d/.test(await page.locator("header").textContent()));
  check("a condition that failed is open", await page.locator("details.conditions").getAttribute("open") !== null);
  check("a trend", await page.locator("#trend").count() === 1);
  await axe(at("change/out/index.html"), "first page of a change");
  await shot(page, "change-index");
  await page.locator("#rows").getByRole("link", {name: "f05.js"}).click();
  await page.waitForURL(/files/);
  check("the counts stay", await page.evaluate(() => { scrollTo(0, 1500); return document.querySelector(".counts").getBoundingClientRect().top >= 0; }));
  check("which branch never ran", /branch 2 of 2 never ran/.test(await page.locator("#L10").textContent()), await page.locator("#L10").textContent());
  const all = await page.locator(".src tr:visible").count();
  await page.keyboard.press("c");
  const few = await page.locator(".src tr:visible").count();
  check("c shows only the changes and three lines around", all === 100 && few === 7, `${few} of ${all}`);
  await page.keyboard.press("]");
  await page.waitForFunction(() => document.title.includes("f06") && document.readyState === "complete");
  check("] is the next file", /f06/.test(await page.title()), await page.title());
  await page.keyboard.press("[");
  await page.waitForFunction(() => document.title.includes("f05") && document.readyState === "complete");
  await becomes("[ goes back, and the switch was kept", true, () => page.locator("#only").isChecked());
  await page.locator("#only").uncheck();
  const strip = await page.evaluate(() => {
    const c = document.getElementById("strip"), d = c.getContext("2d").getImageData(0, 0, c.width, c.height).data, seen = new Set();
    for (let i = 0; i < d.length; i += 4) if (d[i + 3] === 255) seen.add(d.slice(i, i + 3).join());
    return seen.size;
  });
  check("the strip at the scroll bar marks never, partly and changed", strip === 3, String(strip));
  check("words, strings and comments have colours", await page.evaluate(() => ["keyword", "string", "comment", "number"].every(k => CSS.highlights.get(k)?.size > 0)));
  const words = await page.evaluate(() => [...new Set([...CSS.highlights.get("keyword")].map(r => r.startContainer.data.slice(r.startOffset, r.endOffset)))].sort().join());
  check("words of other languages have none", words === "if,return", words);
  await shot(page, "change-source");
  await page.keyboard.press("u");
  await page.waitForURL(/index\.html/);
  check("u goes up", true);
  page = await open(at("change/out/files/4.html"), {viewport: {width: 390, height: 800}});
  check("a phone: the counts stay", await page.evaluate(() => { scrollTo(0, 900); return document.querySelector(".counts").getBoundingClientRect().top >= 0; }));
  check("a phone: no sideways scrolling of the page", await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), String(await page.evaluate(() => document.documentElement.scrollWidth)));
  await shot(page, "change-phone");

  console.log("a source page");
  for (const colorScheme of ["light", "dark"]) {
    page = await open(at("big/html/out/files/42.html"), {colorScheme});
    check(`${colorScheme}: 300 lines (${page.took} ms)`, await page.locator(".src tr").count() === 300);
    await page.keyboard.press("n");
    await becomes(`${colorScheme}: n goes to an uncovered line`, true, () => page.evaluate(() => document.querySelector(":target")?.className.startsWith("u")));
    const pairs = ["--hc", "--hs", "--hn", "--hk", "--fg"].flatMap(c => ["--bg", "--never-bg", "--partly-bg"].map(b => [c, b]));
    const read = await contrast(page, pairs);
    check(`${colorScheme}: every colour of the text is read easily on every ground`, read.every(c => c >= 4.5), pairs.map((p, i) => p.join(" on ") + " " + read[i].toFixed(1)).filter((_, i) => read[i] < 4.5).join("; "));
    await shot(page, "source-" + colorScheme);
    await axe(at("big/html/out/files/42.html"), `source page, ${colorScheme}`, colorScheme);
    await axe(at("change/out/files/4.html"), `source page of a change, ${colorScheme}`, colorScheme);
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
    if (await page.evaluate(() => window.broken !== undefined || document.querySelector("img, td script, h1 :not(a)") !== null) || page.said.length) broken.push(i + " " + page.said.join());
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
