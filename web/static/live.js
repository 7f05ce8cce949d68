// 实时：别处有变化就换上新的数字；连不上时改为定时刷新。 Says whether the page is live, and keeps the focus.
(() => {
  "use strict";
  const say = (state) => document.querySelectorAll("[data-live]").forEach((mark) => (mark.dataset.live = state));
  let state = "poll";
  const now = (next) => say((state = next));
  document.addEventListener("htmx:sseOpen", () => now("on"));
  document.addEventListener("htmx:sseError", () => now("poll"));
  document.addEventListener("htmx:afterSwap", () => say(state));
})();
