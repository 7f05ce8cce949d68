// 实时：别处有变化就换上新的；连不上时改为定时刷新。 Tells the page that something changed elsewhere, and says whether it is live.
(() => {
  "use strict";
  const place = document.querySelector("[data-listen]");
  let state = "poll";
  const say = (next) => {
    state = next;
    document.querySelectorAll("[data-live]").forEach((mark) => (mark.dataset.live = state));
  };
  document.addEventListener("htmx:afterSwap", () => say(state));
  if (!place || !window.EventSource) return;

  const SOON = 1000, LATE = 60000; // 毫秒 milliseconds
  let source, seen = place.dataset.seen, timer, wait = SOON;
  // 还没连上时、断开期间发生的，连上时凭编号补知。 What happened while nobody listened shows by its number.
  const hear = (event) => {
    if (event.data !== seen) place.dispatchEvent(new CustomEvent("linxuan:changed", { bubbles: true }));
    seen = event.data;
    wait = SOON;
    say("on");
  };
  const stop = () => {
    clearTimeout(timer);
    if (source) source.close();
    source = undefined;
  };
  // 浏览器对一台服务器只开六条连接：看不见的页面不占。 A page that nobody looks at gives its connection back.
  const listen = () => {
    if (document.hidden || source) return;
    source = new EventSource(place.dataset.listen);
    source.addEventListener("hello", hear);
    source.addEventListener("changed", hear);
    source.addEventListener("error", () => {
      say("poll");
      if (source.readyState !== EventSource.CLOSED) return;
      stop();
      timer = setTimeout(listen, wait);
      wait = Math.min(wait * 2, LATE);
    });
  };
  document.addEventListener("visibilitychange", () => (document.hidden ? stop() : listen()));
  addEventListener("pagehide", stop);
  addEventListener("pageshow", listen);
})();
