"use strict";
(() => {
  const $ = id => document.getElementById(id);
  const rows = [...document.querySelectorAll(".src tr")], table = document.querySelector(".src");
  const changed = rows.map(r => r.cells[2].textContent !== "");
  const hidden = i => table.classList.contains("only") && !rows[i].classList.contains("near");

  // Stops are the first lines of runs of lines that never or partly ran.
  let at = -1;
  const stop = i => /^[up]/.test(rows[i].className) && !hidden(i) && (i === 0 || !/^[up]/.test(rows[i - 1].className));
  const go = by => {
    for (let n = 1, i = at < 0 && by < 0 ? 0 : at; n <= rows.length; n++) {
      i = (i + by + rows.length) % rows.length;
      if (!stop(i)) continue;
      at = i;
      location.hash = rows[i].id;
      rows[i].scrollIntoView({block: "center"});
      return;
    }
  };

  // Only changes: changed lines and three around them.
  rows.forEach((r, i) => { if (changed.slice(Math.max(0, i - 3), i + 4).includes(true)) r.classList.add("near"); });
  rows.forEach((r, i) => { if (r.classList.contains("near") && i > 0 && !rows[i - 1].classList.contains("near")) r.classList.add("gap"); });
  let kept = false;
  try { kept = sessionStorage.getItem("only") === "1"; } catch { /* not every place has one */ }
  const only = on => {
    $("only").checked = on;
    table.classList.toggle("only", on);
    try { sessionStorage.setItem("only", on ? "1" : "0"); } catch { /* then it is not kept */ }
    strip();
  };

  // The strip beside the scroll bar shows where in the file the marks are.
  const strip = () => {
    const canvas = $("strip"), height = canvas.height = innerHeight, width = canvas.width = canvas.clientWidth;
    const style = getComputedStyle(document.documentElement), pen = canvas.getContext("2d");
    const seen = rows.map((_, i) => i).filter(i => !hidden(i)), each = height / Math.max(seen.length, 1);
    seen.forEach((i, n) => {
      const kind = rows[i].className[0], box = [n * each, Math.max(each, 2)];
      if (kind === "u" || kind === "p") { pen.fillStyle = style.getPropertyValue(kind === "u" ? "--never" : "--partly"); pen.fillRect(0, box[0], width - 4, box[1]); }
      if (changed[i]) { pen.fillStyle = style.getPropertyValue("--mark"); pen.fillRect(width - 4, box[0], 4, box[1]); }
    });
  };
  $("strip").onclick = e => scrollTo({top: e.offsetY / innerHeight * document.documentElement.scrollHeight - innerHeight / 2});

  // Comments, strings, numbers and words of most languages, as ranges: no element is made of a source's text.
  const kind = (document.title.match(/\.(\w+):/) ?? [])[1]?.toLowerCase() ?? "";
  const hash = /^(py|rb|sh|bash|pl|pm|r|ex|exs|ya?ml|toml|nim|jl|tcl|cr)$/.test(kind), dash = /^(sql|lua|hs|elm|adb|ads|vhdl?)$/.test(kind);
  const family = {pyi: "py", ts: "js", tsx: "js", jsx: "js", mjs: "js", cjs: "js", mts: "js", cts: "js", vue: "js", svelte: "js"}[kind] ?? kind;
  const own = {
    go: "break case chan const continue default defer else fallthrough false for func go goto if import interface iota map nil package range return select struct switch true type var",
    py: "and as assert async await break class continue def del elif else except finally for from global if import in is lambda nonlocal not or pass raise return try while with yield True False None",
    js: "abstract as async await break case catch class const continue debugger default delete do else enum export extends false finally for from function if implements import in instanceof interface let new null of private protected public readonly return static super switch this throw true try typeof undefined var void while with yield",
  };
  const words = new Set((own[family] ?? "abstract and as assert async await base begin bool boolean break byte case catch chan char class const continue def default defer del delete do double elif else elsif end ensure enum except export extends extern false final finally float fn for foreach from func function global go goto guard if impl implements import in instanceof int interface internal is lambda let local long loop match mod module mut namespace native new nil none not null nonlocal object of operator or override package pass private protected pub public raise range readonly ref require rescue return self short signed sizeof static string struct super switch synchronized template then this throw throws trait true try type typedef typeof undef union unless unsigned until use using val var virtual void volatile when where while with yield True False None").split(" "));
  const comment = hash ? "#.*" : dash ? "--.*" : kind === "php" ? "//.*|#.*" : "//.*|/\\*.*?(?:\\*/|$)";
  const token = new RegExp(`(${comment})|(${kind === "py" ? '"""[^]*?(?:"""|$)|\'\'\'[^]*?(?:\'\'\'|$)|' : ""}"(?:\\\\.|[^"\\\\])*"?|'(?:\\\\.|[^'\\\\])*'?|\`(?:\\\\.|[^\`\\\\])*(?:\`|$))|\\b(\\d[\\w.]*)|([A-Za-z_]\\w*)`, "g");
  const colour = () => {
    if (!globalThis.Highlight || rows.length > 5000) return;
    const found = {comment: new Highlight(), string: new Highlight(), number: new Highlight(), keyword: new Highlight()};
    let open = ""; // what ends a text that goes on over the end of the line
    rows.forEach(r => {
      const node = r.cells[3].firstChild, text = node?.nodeType === 3 ? node.data : "";
      const mark = (name, from, to) => { if (to > from) { const range = new StaticRange({startContainer: node, startOffset: from, endContainer: node, endOffset: to}); found[name].add(range); } };
      token.lastIndex = 0;
      if (open) {
        const end = text.indexOf(open), to = end < 0 ? text.length : end + open.length;
        mark(open === "*/" ? "comment" : "string", 0, to);
        if (end < 0) return;
        token.lastIndex = to;
        open = "";
      }
      for (let m; (m = token.exec(text));) {
        const t = m[0], to = m.index + t.length;
        if (m[1]) { mark("comment", m.index, to); if (t.startsWith("/*") && !(t.length > 3 && t.endsWith("*/"))) open = "*/"; }
        else if (m[2]) {
          mark("string", m.index, to);
          const q = /^("""|'''|`)/.exec(t)?.[0];
          if (q && (q !== "`" || /^(go|[cm]?[jt]sx?|vue|svelte)$/.test(kind)) && (t.length < 2 * q.length || !t.endsWith(q))) open = q;
        }
        else if (m[3]) mark("number", m.index, to);
        else if (words.has(t)) mark("keyword", m.index, to);
      }
    });
    for (const name in found) CSS.highlights.set(name, found[name]);
  };

  addEventListener("keydown", e => {
    if (e.ctrlKey || e.metaKey || e.altKey) return;
    const to = {"[": "before", "]": "after", u: "up"}[e.key];
    if (e.key === "n") go(1);
    if (e.key === "p") go(-1);
    if (e.key === "c" && !$("onlybox").hidden) only(!$("only").checked);
    if (to) $(to)?.click();
  });
  $("next").onclick = () => go(1);
  $("next").hidden = !rows.some((_, i) => stop(i));
  $("onlybox").hidden = !changed.includes(true);
  $("only").onchange = () => only($("only").checked);
  addEventListener("resize", strip);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", strip);
  only(kept && changed.includes(true));
  colour();
})();
