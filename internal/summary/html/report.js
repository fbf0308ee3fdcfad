"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const $ = id => document.getElementById(id);
  // Decimals and how they are rounded are those of coverage.Digits: no number looks better than it is.
  const scale = 10 ** data.digits, floor = v => Math.floor(v * scale + 1e-7) / scale, ceil = v => Math.ceil(v * scale - 1e-7) / scale;
  const percent = (c, n) => n > 0 ? floor(c / n * 100) : null;
  const shown = p => p === null ? "–" : p.toFixed(data.digits) + " %";
  const make = (tag, attributes, ...children) => {
    const e = tag.startsWith("svg:") ? document.createElementNS("http://www.w3.org/2000/svg", tag.slice(4)) : document.createElement(tag);
    for (const k in attributes) e.setAttribute(k, attributes[k]);
    e.append(...children);
    return e;
  };
  // The step of the palette, which is that of class in html_index.go.
  const step = d => d.n < 1 ? "kn" : "k" + [50, 70, 80, 90, 95, 100].filter(least => d.c / d.n * 100 >= least).length;

  // A node is a folder or a file: name, path, and sums over all below.
  const sums = ["c", "n", "bc", "bn", "pc", "pn", "oc", "on", "files"];
  const folder = (name, path) => ({name, path, kids: new Map(), c: 0, n: 0, bc: 0, bn: 0, pc: 0, pn: 0, oc: 0, on: 0, files: 0});
  const root = folder("", "");
  const files = data.files.map((f, i) => ({name: f[0], path: f[0], file: i, c: f[1], n: f[2], bc: f[3], bn: f[4], pc: f[5], pn: f[6], oc: f[7] ?? 0, on: f[8] ?? 0, files: 1}));
  for (const f of files) {
    const parts = f.path.split("/");
    let at = root;
    const add = d => { for (const k of sums) d[k] += k === "on" ? Math.max(f.on, 0) : f[k]; };
    add(root);
    for (const part of parts.slice(0, -1)) {
      if (!at.kids.has(part + "/")) at.kids.set(part + "/", folder(part, at.path ? at.path + "/" + part : part));
      at = at.kids.get(part + "/");
      add(at);
    }
    f.name = parts[parts.length - 1];
    at.kids.set(f.name + "\0" + f.file, f);
  }
  // A folder that holds one folder and nothing else is shown as that one.
  const inner = d => {
    for (;;) {
      const only = d.kids?.size === 1 ? d.kids.values().next().value : null;
      if (!only?.kids) return d;
      d = only;
    }
  };
  const find = path => {
    let at = root;
    for (const part of path ? path.split("/") : []) {
      const next = at.kids.get(part + "/");
      if (!next) return root;
      at = next;
    }
    return at;
  };
  const address = d => d.file === undefined ? "#" + encodeURIComponent(d.path) : "files/" + d.file + ".html";
  const below = (d, out = []) => {
    for (const k of d.kids.values()) k.kids ? below(k, out) : out.push(k);
    return out;
  };
  const few = 200;
  let here = root;
  const relative = d => here.path && d.path.startsWith(here.path + "/") ? d.path.slice(here.path.length + 1) : d.path;

  // Columns: heading, value to sort by, whether bigger is the first guess, cell, class.
  const number = n => make("td", {}, String(n));
  const delta = d => {
    const now = percent(d.c, d.n), old = percent(d.oc, d.on);
    if (d.on < 0) return "new";
    if (now === null || old === null) return "–";
    const by = d.c / d.n * 100 - d.oc / d.on * 100;
    const least = 1 / scale, size = Math.abs(by) < least - 1e-9 ? "<" + least : (by > 0 ? floor(by) : ceil(-by)).toFixed(data.digits);
    return Math.abs(by) < 1e-9 ? "±0" : (by > 0 ? "+" : "−") + size;
  };
  const columns = [
    {title: "File", of: d => d.path, down: false, cell: d => {
      const path = relative(d), cut = path.lastIndexOf("/") + 1;
      const name = d.kids ? [make("span", {}, path + "/")] : [...(cut ? [make("span", {class: "dir"}, path.slice(0, cut)), make("wbr", {})] : []), path.slice(cut)];
      return make("td", {}, make("a", {href: address(d)}, ...name), ...(d.kids ? [make("span", {class: "dim"}, ` ${d.files} ${d.files === 1 ? "file" : "files"}`)] : []));
    }},
    {title: "Coverage", of: d => percent(d.c, d.n) ?? 101, down: false, cell: d => {
      const bar = make("span", {class: "bar", "aria-hidden": "true"}, make("i", {}));
      bar.firstChild.style.width = (percent(d.c, d.n) ?? 0) + "%";
      return make("td", {class: step(d)}, bar, make("span", {class: "num"}, d.n ? shown(percent(d.c, d.n)) : "no lines"));
    }},
    {title: "Uncovered", of: d => d.n - d.c, down: true, cell: d => number(d.n - d.c)},
    {title: "Lines", of: d => d.n, down: true, cell: d => number(d.n), wide: true},
  ];
  if (data.before) columns.splice(2, 0, {title: "±", of: d => d.on > 0 && d.n > 0 ? d.c / d.n - d.oc / d.on : 0, down: false, cell: d => make("td", {}, delta(d)), wide: true});
  if (root.bn) columns.push({title: "Branches", of: d => percent(d.bc, d.bn) ?? 101, down: false, cell: d => make("td", {}, shown(percent(d.bc, d.bn))), wide: true});
  if (data.patch) columns.splice(2, 0, {title: "Changed", of: d => d.pn - d.pc, down: true, cell: d => make("td", {}, d.pn ? `${d.pc} of ${d.pn}` : "–")});
  // A path needs its room: on a screen of the usual width a table of many columns goes without the last two.
  if (columns.length > 5) columns.forEach(c => { if (c.title === "Lines" || c.title === "Branches") c.extra = true; });
  const kind = c => (c.wide ? "wide" : "") + (c.extra ? " extra" : "");
  const titled = title => columns.findIndex(c => c.title === title);
  let sort = data.patch && root.pn > root.pc ? titled("Changed") : titled("Uncovered"), down = true, limit = few, choice = null;

  const head = $("head");
  head.replaceChildren();
  columns.forEach((c, i) => {
    const button = make("button", {type: "button"}, c.title);
    button.onclick = () => { down = sort === i ? !down : c.down; sort = i; rows(); };
    head.append(make("th", {scope: "col", class: kind(c)}, button));
  });

  const listed = () => {
    const words = $("filter").value.trim().toLowerCase();
    const all = words || $("flat").checked ? below(here) : [...here.kids.values()].map(inner);
    return all.filter(d => (!words || d.path.toLowerCase().includes(words)) && !($("full").checked && d.n > 0 && d.c === d.n) && !($("changed").checked && !d.pn));
  };
  const rows = () => {
    const value = columns[sort].of;
    const list = listed().sort((a, b) => {
      const x = value(a), y = value(b);
      const d = x < y ? -1 : x > y ? 1 : 0;
      return (down ? -d : d) || b.n - b.c - (a.n - a.c) || (a.path < b.path ? -1 : 1);
    });
    [...head.children].forEach((th, i) => th.setAttribute("aria-sort", i === sort ? (down ? "descending" : "ascending") : "none"));
    $("rows").replaceChildren(...list.slice(0, limit).map(d => make("tr", {}, ...columns.map(c => {
      const td = c.cell(d);
      if (c.wide) td.className += " " + kind(c);
      return td;
    }))));
    $("more").hidden = list.length <= limit;
    $("more").textContent = `Show all ${list.length}`;
    $("said").textContent = `${list.length} ${list.length === 1 ? "entry" : "entries"}, by ${columns[sort].title.toLowerCase()}${columns[sort].title === "Changed" ? " lines that never ran" : ""}${down ? ", most first" : ""}`;
  };

  // Squarified treemap: rows of cells as near to squares as their sizes allow.
  const layout = (items, x, y, w, h, out) => {
    let total = items.reduce((s, d) => s + d.n, 0);
    for (let i = 0; i < items.length;) {
      const side = Math.min(w, h), scale = w * h / total;
      let row = [], sum = 0, worst = Infinity;
      for (let j = i; j < items.length; j++) {
        const s = sum + items[j].n, long = s * scale / side;
        const ratio = Math.max(...[...row, items[j]].map(d => { const o = d.n * scale / long; return Math.max(long / o, o / long); }));
        if (ratio > worst) break;
        row.push(items[j]); sum = s; worst = ratio;
      }
      const long = sum * scale / side;
      let at = 0;
      for (const d of row) {
        const o = d.n * scale / long;
        out.push(w >= h ? [d, x, y + at, long, o] : [d, x + at, y, o, long]);
        at += o;
      }
      if (w >= h) { x += long; w -= long; } else { y += long; h -= long; }
      i += row.length; total -= sum;
    }
  };
  // Folders that are large enough are drawn with what is in them. Only the
  // entries of the folder itself are stops for the keyboard; the table has all.
  const cell = (d, x, y, w, h, depth) => {
    const label = `${relative(d)}${d.kids ? "/" : ""}: ${shown(percent(d.c, d.n))} of ${d.n} lines`;
    const open = d.kids && depth < 12 && w > 46 && h > 40;
    const link = make("svg:a", {href: address(d), "aria-label": label, ...(depth ? {tabindex: -1} : {}), class: step(d)}, make("svg:title", {}, label),
      make("svg:rect", {x, y, width: w, height: h, ...(open ? {class: "dir"} : {})}));
    const room = Math.floor((w - 8) / 6.8), text = d.shown + (open ? `/ ${shown(percent(d.c, d.n))}` : "");
    if (room >= 3 && h >= 16) link.append(make("svg:text", {x: x + 4, y: y + 12, ...(open ? {class: "dir"} : {})}, text.length > room ? text.slice(0, room - 1) + "…" : text));
    if (!open && room >= 6 && h >= 32) link.append(" ", make("svg:text", {x: x + 4, y: y + 26}, shown(percent(d.c, d.n))));
    return open ? [link, ...cells(d, x + 2, y + 16, w - 4, h - 18, depth + 1)] : [link];
  };
  const most = 250;
  const cells = (d, x, y, w, h, depth) => {
    const items = [...d.kids.values()].filter(k => k.n > 0).map(k => {
      const shown = inner(k);
      shown.shown = shown === k ? k.name : k.name + shown.path.slice(k.path.length);
      return shown;
    }).sort((a, b) => b.n - a.n || (a.path < b.path ? -1 : 1)).slice(0, most), out = [];
    layout(items, x, y, w, h, out);
    return out.flatMap(([k, ...box]) => box[2] < 1 || box[3] < 1 ? [] : cell(k, ...box, depth));
  };
  const map = () => {
    $("map").replaceChildren(...cells(here, 0, 0, 560, 420, 0));
    const n = [...here.kids.values()].filter(d => d.n > 0).length;
    $("mapnote").textContent = n > most ? `The ${most} largest of ${n}.` : "";
    $("mapbox").hidden = n === 0;
  };

  const crumbs = () => {
    const parts = here.path ? here.path.split("/") : [];
    const items = [make("li", {}, make("a", {href: "#"}, "all files"))];
    parts.forEach((part, i) => items.push(make("li", {}, make("a", {href: "#" + encodeURIComponent(parts.slice(0, i + 1).join("/"))}, part))));
    items[items.length - 1].firstChild.setAttribute("aria-current", "page");
    $("crumbs").replaceChildren(...items);
  };
  const go = focus => {
    let path = "";
    try { path = decodeURIComponent(location.hash.slice(1)); } catch { /* a broken address is the root */ }
    here = inner(find(path));
    limit = few;
    $("flat").checked = choice ?? here.files <= few;
    crumbs(); map(); rows();
    if (focus) $("files").focus();
  };
  addEventListener("hashchange", () => go(true));
  addEventListener("keydown", e => {
    if (e.key !== "/" || e.ctrlKey || e.metaKey || e.altKey || e.target.matches("input")) return;
    e.preventDefault();
    $("filter").focus();
  });
  const again = () => { limit = few; rows(); };
  $("filter").oninput = $("full").onchange = $("changed").onchange = again;
  $("flat").onchange = () => { choice = $("flat").checked; again(); };
  $("more").onclick = () => { limit = Infinity; rows(); };
  $("onlychanged").hidden = !data.patch;
  $("tools").hidden = false;
  go(false);
})();
