// 终评现场：一个真相在服务器上。每块屏幕测出与服务器的时差，由开始的时刻自己算时钟；有变化一秒之内换上。
// What every page of the hall does: measures its offset, reckons the clocks, hears of changes, and polls when it cannot.
(() => {
  "use strict";
  const part = document.querySelector("[data-stage]");
  if (!part) return;
  const english = document.documentElement.lang === "en";
  const QUICK = 1000, SLOW = 15000, KEPT = 8;
  const newest = () => { const found = part.querySelector("[data-revision]"); return found ? found.dataset.revision : ""; };

  // 对时：往返最快的一次最准；网页自己的钟只用来数过了多久。
  const samples = [];
  let offset = null;
  const serverNow = () => (offset === null ? Date.now() : performance.now() + offset);
  const measure = (began, ended, told) => {
    samples.push({ trip: ended - began, offset: told + (ended - began) / 2 - ended });
    if (samples.length > KEPT) samples.shift();
    offset = samples.reduce((best, one) => (one.trip < best.trip ? one : best)).offset;
  };

  // 连得上、连不上，都说清楚。
  let state = "";
  const say = (next) => {
    if (state === next) return;
    state = next;
    document.body.dataset.line = next;
    document.querySelectorAll("[data-link]").forEach(tellLink);
    document.dispatchEvent(new CustomEvent("stage:line", { detail: next }));
  };
  const words = english
    ? { on: "Live", poll: "Polling", off: "Offline: the clock runs on as last set" }
    : { on: "实时", poll: "轮询", off: "连接中断：时钟按最后一次对时继续走" };
  function tellLink(mark) { mark.textContent = words[state] || ""; mark.dataset.state = state; }

  let isRefreshing = false, again = false;
  const refresh = async () => {
    if (isRefreshing) { again = true; return; }
    isRefreshing = true;
    try {
      const answer = await fetch(location.href, { headers: { "HX-Request": "true" }, cache: "no-store" });
      if (answer.ok) show(await answer.text());
      else if (answer.status === 401 || answer.status === 403 || answer.status === 410) say("gone");
    } catch (_error) { say("off"); }
    isRefreshing = false;
    if (again) { again = false; refresh(); }
  };
  let shown = "";
  const show = (html) => {
    if (html === shown) return;  // 正要按下的按钮不白换一次
    shown = html;
    const focused = document.activeElement && part.contains(document.activeElement) ? document.activeElement.id : "";
    part.innerHTML = html;
    const back = focused && document.getElementById(focused);
    if (back) back.focus();
    document.querySelectorAll("[data-link]").forEach(tellLink);
    clocks();
    document.dispatchEvent(new CustomEvent("stage:changed"));
  };
  const heard = (revision) => { if (revision !== newest()) refresh(); };

  // 服务器推送；断了就轮询，自己再接上。
  let source = null;
  const isOpen = () => source !== null && source.readyState === 1;
  const tick = async () => {
    const began = performance.now();
    const stop = new AbortController();
    const late = setTimeout(() => stop.abort(), 4000);
    try {
      const answer = await fetch(part.dataset.tick, { cache: "no-store", signal: stop.signal });
      const told = await answer.json();
      measure(began, performance.now(), told.now);
      say(isOpen() ? "on" : "poll");
      heard(told.revision);
    } catch (_error) { say("off"); }
    clearTimeout(late);
  };
  const listen = () => {
    if (!window.EventSource) return;
    source = new EventSource(part.dataset.live);
    ["hello", "changed"].forEach((kind) => source.addEventListener(kind, (event) => { say("on"); heard(event.data); }));
    source.onerror = () => { if (source.readyState === 2) { source = null; setTimeout(listen, 5 * QUICK); } };
  };
  let lastTick = 0;
  setInterval(() => {
    const wait = isOpen() && samples.length >= 4 ? SLOW : QUICK;
    if (Date.now() - lastTick < wait) return;
    lastTick = Date.now();
    tick();
  }, QUICK / 4);
  ["online", "visibilitychange", "pageshow"].forEach((kind) => addEventListener(kind, () => { lastTick = 0; }));

  // 铃：剩一分钟一响，到点两响。浏览器要人先按过一下才许出声，所以闪一下总是有的。
  let sound = null;
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-bell]");
    if (!button) return;
    const Maker = window.AudioContext || window.webkitAudioContext;
    if (!sound && Maker) sound = new Maker();
    if (sound) ring(1);
  });
  const ring = (times) => {
    part.dataset.ring = String(times);
    setTimeout(() => { delete part.dataset.ring; }, 3000);
    if (!sound) return;
    sound.resume();
    for (let stroke = 0; stroke < times; stroke += 1) {
      [880, 1318.5, 2637].forEach((pitch, place) => {
        const tone = sound.createOscillator(), loud = sound.createGain(), at = sound.currentTime + stroke * 0.7;
        tone.frequency.value = pitch;
        loud.gain.setValueAtTime(0.4 / (place + 1), at);
        loud.gain.exponentialRampToValueAtTime(0.001, at + 1.6);
        tone.connect(loud).connect(sound.destination);
        tone.start(at);
        tone.stop(at + 1.7);
      });
    }
  };

  // 时钟：剩余 = 时长 −（此刻 − 开始 − 暂停）。
  const number = (text) => (text === "" || text === undefined ? null : Number(text));
  const pad = (count) => String(count).padStart(2, "0");
  const said = (left) => {
    const over = left < 0;
    const seconds = over ? Math.floor(-left / 1000) : Math.ceil(left / 1000);
    return `${over && seconds ? "+" : ""}${Math.floor(seconds / 60)}:${pad(seconds % 60)}`;
  };
  const before = {};
  function clocks() {
    const now = serverNow();
    document.querySelectorAll("[data-clock]").forEach((face) => {
      const told = face.dataset;
      const until = number(told.endedAt) || number(told.pausedAt) || Math.max(now, number(told.started));
      const limit = number(told.limit);
      const left = limit - (until - number(told.started) - number(told.paused));
      const text = said(left);
      if (face.textContent !== text) face.textContent = text;
      face.dataset.state = left < 0 ? "over" : left <= 60000 ? "last" : "";
      const bar = document.querySelector("[data-bar]");
      if (bar) bar.setAttribute("width", String(Math.max(0, Math.min(1000, (1000 * left) / limit))));
      const name = told.started;
      told.bells.split(",").forEach((bell) => {
        const mark = Number(bell) * 1000;
        if (before[name] !== undefined && before[name] > mark && left <= mark) ring(mark ? 1 : 2);
      });
      before[name] = left;
    });
    document.querySelectorAll("[data-hour]").forEach((face) => {
      const hour = new Date(now + Number(part.dataset.zone || 480) * 60000);
      face.textContent = `${pad(hour.getUTCHours())}:${pad(hour.getUTCMinutes())}`;
    });
  }
  setInterval(clocks, 200);
  clocks();
  listen();
  tick();
  window.linxuanStage = { now: serverNow, refresh, line: () => state };
})();
