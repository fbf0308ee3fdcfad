"use strict";
(() => {
  const spots = [...document.querySelectorAll(".src .u,.src .p")].filter((e, i, all) => !i || all[i - 1].nextElementSibling !== e);
  let at = -1;
  const go = step => {
    if (!spots.length) return;
    at = (at + step + spots.length) % spots.length;
    location.hash = spots[at].id;
    spots[at].scrollIntoView({block: "center"});
  };
  addEventListener("keydown", e => {
    if (e.ctrlKey || e.metaKey || e.altKey) return;
    if (e.key === "n") go(1);
    if (e.key === "p") go(at < 0 ? 0 : -1);
  });
  document.getElementById("next").onclick = () => go(1);
  document.getElementById("tools").hidden = !spots.length;
})();
