"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const $ = id => document.getElementById(id);
  const percent = (c, n) => n ? Math.floor(c / n * 1000 + 1e-9) / 10 : null;
  const shown = p => p === null ? "–" : p.toFixed(1) + " %";
  const make = (tag, attributes, ...children) => {
    const e = tag.startsWith("svg:") ? document.createElementNS("http://www.w3.org/2000/svg", tag.slice(4)) : document.createElement(tag);
    for (const k in attributes) e.setAttribute(k, attributes[k]);
    e.append(...children);
    return e;
  };

  // A node is a folder or a file: name, path, and sums over all below.
  const folder = (name, path) => ({name, path, kids: new Map(), c: 0, n: 0, bc: 0, bn: 0, pc: 0, pn: 0, files: 0});
  const root = folder("", "");
  const files = data.files.map((f, i) => ({name: f[0], path: f[0], file: i, c: f[1], n: f[2], bc: f[3], bn: f[4], pc: f[5], pn: f[6], files: 1}));
  for (const f of files) {
    const parts = f.path.split("/");
    let at = root;
    const add = d => { for (const k of ["c", "n", "bc", "bn", "pc", "pn", "files"]) d[k] += f[k]; };
    add(root);
    for (const part of parts.slice(0, -1)) {
      if (!at.kids.has(part + "/")) at.kids.set(part + "/", folder(part, at.path ? at.path + "/" + part : part));
      at = at.kids.get(part + "/");
      add(at);
    }
    f.name = parts[parts.length - 1];
    at.kids.set(f.name + "\0" + f.file, f);
  }
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

  // Columns: heading, value to sort by, whether bigger is the first guess.
  const columns = [
    ["File", d => d.path, false],
    ["Lines", d => d.n, true],
    ["Uncovered", d => d.n - d.c, true],
    ["Coverage", d => percent(d.c, d.n) ?? 101, false],
  ];
  if (root.bn) columns.push(["Branches", d => percent(d.bc, d.bn) ?? 101, false]);
  if (data.patch) columns.push(["Changed lines", d => percent(d.pc, d.pn) ?? 101, false]);
  let sort = 0, down = false, limit = 200, here = root;

  const head = $("head");
  columns.forEach(([title, , big], i) => {
    const button = make("button", {type: "button"}, title);
    button.onclick = () => { down = sort === i ? !down : big; sort = i; rows(); };
    head.append(make("th", {scope: "col"}, button));
  });

  const listed = () => {
    const words = $("filter").value.trim().toLowerCase();
    if (!words && !$("flat").checked) return [...here.kids.values()];
    return below(here).filter(f => f.path.toLowerCase().includes(words));
  };
  const rows = () => {
    const value = columns[sort][1];
    const list = listed().sort((a, b) => {
      const x = value(a), y = value(b);
      const d = x < y ? -1 : x > y ? 1 : 0;
      return (down ? -d : d) || (a.path < b.path ? -1 : 1);
    });
    [...head.children].forEach((th, i) => th.setAttribute("aria-sort", i === sort ? (down ? "descending" : "ascending") : "none"));
    const flat = $("filter").value.trim() || $("flat").checked;
    const body = $("rows");
    body.replaceChildren(...list.slice(0, limit).map(d => {
      const p = percent(d.c, d.n);
      const bar = make("span", {class: "bar", "aria-hidden": "true"}, make("i", {}));
      bar.firstChild.style.width = (p ?? 0) + "%";
      const name = make("a", {href: address(d)}, flat ? d.path : d.name + (d.kids ? "/" : ""));
      const row = make("tr", {}, make("td", {}, name, ...(d.kids ? [make("span", {class: "dim"}, ` ${d.files} ${d.files === 1 ? "file" : "files"}`)] : [])),
        make("td", {}, String(d.n)), make("td", {}, String(d.n - d.c)), make("td", {}, shown(p), bar));
      if (root.bn) row.append(make("td", {}, shown(percent(d.bc, d.bn))));
      if (data.patch) row.append(make("td", {}, d.pn ? `${shown(percent(d.pc, d.pn))} of ${d.pn}` : "–"));
      return row;
    }));
    $("more").hidden = list.length <= limit;
    $("more").textContent = `Show all ${list.length}`;
    $("said").textContent = `${list.length} ${list.length === 1 ? "entry" : "entries"}, by ${columns[sort][0].toLowerCase()}${down ? ", descending" : ""}`;
  };

  // The colour of a share. White text on each has a contrast of at least 4.5:1.
  const colour = p => p === null ? "#5c5c5c" : `hsl(${Math.round(p * 1.3)} 70% ${p > 45 && p < 100 ? 24 : 29}%)`;

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
    const p = percent(d.c, d.n), label = `${d.name}${d.kids ? "/" : ""}: ${shown(p)} of ${d.n} lines`;
    const open = d.kids && depth < 12 && w > 46 && h > 40;
    const link = make("svg:a", {href: address(d), "aria-label": label, ...(depth ? {tabindex: -1} : {})}, make("svg:title", {}, depth ? `${d.path}: ${shown(p)} of ${d.n} lines` : label),
      make("svg:rect", {x, y, width: w, height: h, ...(open ? {class: "dir"} : {fill: colour(p)})}));
    const room = Math.floor((w - 10) / 7.4), text = d.name + (open ? `/ ${shown(p)}` : "");
    if (room >= 3 && h >= 17) link.append(make("svg:text", {x: x + 5, y: y + 13, ...(open ? {class: "dir"} : {})}, text.length > room ? text.slice(0, room - 1) + "…" : text));
    if (!open && room >= 6 && h >= 34) link.append(make("svg:text", {x: x + 5, y: y + 28}, shown(p)));
    return open ? [link, ...cells(d, x + 3, y + 17, w - 6, h - 20, depth + 1)] : [link];
  };
  const most = 250;
  const cells = (d, x, y, w, h, depth) => {
    const items = [...d.kids.values()].filter(k => k.n > 0).sort((a, b) => b.n - a.n || (a.path < b.path ? -1 : 1)).slice(0, most), out = [];
    layout(items, x, y, w, h, out);
    return out.flatMap(([k, ...box]) => box[2] < 1 || box[3] < 1 ? [] : cell(k, ...box, depth));
  };
  const map = () => {
    $("map").replaceChildren(...cells(here, 0, 0, 1160, 460, 0));
    const n = [...here.kids.values()].filter(d => d.n > 0).length;
    $("mapnote").textContent = n > most ? `The ${most} largest of ${n}.` : "";
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
    here = find(path);
    limit = 200;
    crumbs(); map(); rows();
    if (focus) $("files").focus();
  };
  addEventListener("hashchange", () => go(true));
  $("filter").oninput = rows;
  $("flat").onchange = rows;
  $("more").onclick = () => { limit = Infinity; rows(); };
  $("tools").hidden = false;
  go(false);
})();
