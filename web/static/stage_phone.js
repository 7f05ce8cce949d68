// 终评现场的手机：开放的项目自己出现；没送出的分数存在手机上，连上后送一次，不会算两次。
// The telephone in the hall: what was not sent lies in local storage under a key of its own, and goes up once.
(() => {
  "use strict";
  const pad = document.querySelector("[data-phone]");
  const part = document.getElementById("part");
  const aside = document.querySelector("[data-aside]");
  if (!pad || !part) return;
  const english = document.documentElement.lang === "en";
  const say = (chinese, words) => (english ? words : chinese);
  const place = `linxuan-stage/${pad.dataset.edition}/${pad.dataset.expert}`;

  // 待发的分数：项目编号 → 内容。手机不让存时先放在内存里，并说明不要关页面。
  let memory = {};
  let keeps = true;
  const unsent = () => {
    try { return JSON.parse(localStorage.getItem(place) || "{}"); } catch (_error) { keeps = false; return memory; }
  };
  const store = (all) => {
    memory = all;
    try { localStorage.setItem(place, JSON.stringify(all)); } catch (_error) { keeps = false; }
  };
  const put = (number, entry) => { const all = unsent(); all[number] = entry; store(all); };
  const drop = (number, key) => {
    const all = unsent();
    if (all[number] && all[number].key === key) { delete all[number]; store(all); }
  };
  const newKey = () => {
    const bytes = crypto.getRandomValues(new Uint8Array(16));  // 没有 https 也有；randomUUID 没有
    return Array.prototype.map.call(bytes, (byte) => `0${byte.toString(16)}`.slice(-2)).join("");
  };

  const lineOf = (number) => part.querySelector(`li[data-number="${number}"]`);
  const isOff = () => document.body.dataset.line === "off" || document.body.dataset.line === "gone";
  let chosen = "";

  const field = (name) => pad.querySelector(`[name="${name}"]`);
  const fill = (values) => {
    pad.querySelectorAll(".stepper input").forEach((input) => {
      input.value = input.name === "total" ? values.total || "" : (values.aspects || {})[input.name.slice(7)] || "";
    });
    if (field("reason")) field("reason").value = values.reason || "";
    const byParts = Object.keys(values.aspects || {}).length > 0;
    const mode = pad.querySelector(`input[name=mode][value=${byParts ? "aspects" : "total"}]`);
    if (mode) mode.checked = true;
  };
  const choose = (number) => {
    const line = lineOf(number);
    if (!line) return;
    chosen = number;
    const waiting = unsent()[number];
    const kept = line.dataset.kept ? JSON.parse(line.dataset.kept) : {};
    pad.dataset.revision = waiting && waiting.state !== "moved" ? waiting.revision : line.dataset.keptRevision;
    pad.dataset.draft = `${pad.dataset.expert}/${pad.dataset.edition}/stage/${number}`;
    pad.querySelector("[data-pad-number]").textContent = number;
    pad.querySelector("[data-pad-title]").textContent = line.dataset.title;
    tellFault(waiting ? waiting.fault : "");
    fill(waiting || kept);
    pad.hidden = aside.hidden = false;
    aside.querySelectorAll("details").forEach((each) => { each.open = false; });
    aside.querySelector("[name=words]").value = "";
    pad.dispatchEvent(new Event("pad:item"));
    document.body.dataset.scoring = "yes";
    const first = pad.querySelector("[data-mode]:not([hidden]) .stepper input");
    if (first) first.focus({ preventScroll: true });
    pad.scrollIntoView({ block: "start" });
  };
  const shut = () => { chosen = ""; pad.hidden = aside.hidden = true; delete document.body.dataset.scoring; };
  const tellFault = (words) => {
    const place_ = pad.querySelector("[data-pad-fault]");
    place_.hidden = !words;
    place_.textContent = words || "";
  };

  // 写理由时收起数字键，露出输入框。
  if (field("reason")) field("reason").addEventListener("focus", () => {
    pad.querySelector("[data-key=shut]").click();
    field("reason").scrollIntoView({ block: "center" });
  });
  pad.addEventListener("submit", (event) => {
    event.preventDefault();
    event.stopPropagation();
    if (!chosen) return;
    const mode = pad.querySelector("input[name=mode]:checked");
    const aspects = {};
    const byTotal = !mode || mode.value === "total";
    if (!byTotal) pad.querySelectorAll("[name^=aspect-]").forEach((input) => { aspects[input.name.slice(7)] = input.value; });
    const total = byTotal ? field("total").value : "";
    const isEmpty = byTotal ? !total.trim() : Object.keys(aspects).some((key) => !aspects[key].trim());
    if (isEmpty) return tellFault(say("还没有填分数。", "No score is typed yet."));
    leave({ mode: byTotal ? "total" : "aspects", total, aspects, reason: field("reason") ? field("reason").value : "", absent: "" });
  });
  const leave = (words) => {  // 写进待发的一份，收起评分表，马上去送
    put(chosen, Object.assign({ key: newKey(), revision: pad.dataset.revision, state: "new", fault: "" }, words));
    pad.dispatchEvent(new Event("pad:sent"));
    shut();
    draw();
    flush();
  };
  // 弃权与分数一样先存后送；回避要连得上才算，连不上就说。
  const stayOut = async (ground) => {
    const number = chosen;
    const body = new URLSearchParams({ number, reason: ground, words: aside.querySelector("[name=words]").value });
    try {
      const answer = await fetch(pad.dataset.stayOut, { method: "POST", body, headers: secret(), cache: "no-store" });
      const told = await answer.json();
      if (!answer.ok) return tellFault(`${told.sentence}${told.next_step}`);
      const all = unsent();
      delete all[number];
      store(all);
      if (chosen === number) shut();
      window.linxuanStage.refresh();
    } catch (_error) { tellFault(say("没有连上，回避还没有登记：请连上后再按，或告诉现场工作人员。", "Not connected: nothing was declared yet. Try again, or tell the office.")); }
  };
  document.addEventListener("click", (event) => {
    const open = event.target.closest("[data-choose]");
    if (open) choose(open.dataset.choose);
    if (event.target.closest("[data-pad-shut]")) shut();
    const abstain = event.target.closest("[data-abstain]");
    if (abstain && chosen) leave({ mode: "total", total: "", aspects: {}, reason: "", absent: abstain.dataset.abstain });
    const ground = event.target.closest("[data-ground]");
    if (ground && chosen) stayOut(ground.dataset.ground);
    if (event.target.closest("[data-phone] .pad-bar") && pad.querySelector("[data-submit]").disabled) field("reason").focus();
    const away = event.target.closest("[data-throw]");
    if (away) { const all = unsent(); delete all[away.dataset.throw]; store(all); draw(); }
  });

  // 送出：一次一份，同一份同一个编号；服务器没有回话就再送同一份。
  let isSending = false;
  const flush = async () => {
    if (isSending) return;
    isSending = true;
    for (const number of Object.keys(unsent())) {
      const entry = unsent()[number];
      if (entry && entry.state !== "refused" && entry.state !== "moved" && !(await send(number, entry))) break;
    }
    isSending = false;
    draw();
  };
  const secret = () => ({ "X-Form-Secret": document.querySelector("meta[name=form-secret]").content });
  const send = async (number, entry) => {
    const form = new URLSearchParams({
      key: entry.key, number, mode: entry.mode, total: entry.total, reason: entry.reason, revision: entry.revision,
      absent: entry.absent || "",
    });
    Object.keys(entry.aspects).forEach((name) => form.set(`aspect-${name}`, entry.aspects[name]));
    const stop = new AbortController();
    const late = setTimeout(() => stop.abort(), 8000);
    let answer;
    try {
      answer = await fetch(pad.action, { method: "POST", body: form, headers: secret(), cache: "no-store", signal: stop.signal });
    } catch (_error) { clearTimeout(late); return false; }
    clearTimeout(late);
    const isOurs = (answer.headers.get("content-type") || "").indexOf("json") >= 0;
    if (!isOurs) {
      if (answer.status === 409 && !sessionStorage.getItem("linxuan-reloaded")) {  // 表单凭据旧了：换一页新的再送
        sessionStorage.setItem("linxuan-reloaded", "yes");
        location.reload();
      } else if (answer.status === 401 || answer.status === 403) document.body.dataset.line = "gone";
      return false;
    }
    try { sessionStorage.removeItem("linxuan-reloaded"); } catch (_error) { /* 无痕模式 */ }
    settle(number, entry, await answer.json());
    return true;
  };
  const settle = (number, entry, told) => {
    if (told.state === "kept" || told.state === "late") {
      drop(number, entry.key);
      if (told.state === "late") lateOnes[number] = `${told.sentence}${told.next_step}`;
      else delete lateOnes[number];
      if (window.linxuanStage) window.linxuanStage.refresh();
      return;
    }
    const still = unsent()[number];
    if (!still || still.key !== entry.key) return;  // 这期间人又改过，送新的
    still.state = told.state;
    still.fault = told.state === "wait" ? "" : `${told.sentence}${told.next_step}`;
    put(number, still);
    if (told.state === "moved" && window.linxuanStage) window.linxuanStage.refresh();
  };
  const lateOnes = {};

  // 每项旁边写明：已收到、待发、要人看。
  const draw = () => {
    const all = unsent();
    part.querySelectorAll("li[data-number]").forEach((line) => {
      const entry = all[line.dataset.number];
      const mine = line.querySelector("[data-mine]");
      const button = line.querySelector("[data-choose]");
      line.classList.toggle("unsent", Boolean(entry));
      if (entry && mine) mine.textContent = `${entry.absent ? say("弃权", "abstain") : entry.total || say("逐项", "by parts")} · ${say("待送出", "unsent")}`;
      if (button && (entry || isOff()) && line.dataset.state !== "closed") button.hidden = false;
    });
    const box = document.querySelector("[data-unsent]");
    const faults = Object.keys(all).filter((number) => all[number].fault);
    const lates = Object.keys(lateOnes);
    const count = Object.keys(all).length;
    box.textContent = "";
    const line = (words, tone, throwing) => {
      const row = document.createElement("p");
      row.className = tone;
      row.textContent = words;
      if (throwing) {
        [[say("打开改", "Open it"), "choose"], [say("丢弃手机上的", "Drop it"), "throw"]].forEach(([label, what]) => {
          const button = document.createElement("button");
          button.type = "button";
          button.className = "button small";
          button.dataset[what] = throwing;
          button.textContent = label;
          row.append(" ", button);
        });
      }
      box.append(row);
    };
    if (document.body.dataset.line === "gone") line(say("登录已失效：请再扫一次席卡上的二维码，未送出的分数还在。", "Signed out: scan your code again; nothing is lost."), "bad");
    lates.forEach((number) => line(`${number}：${lateOnes[number]}`, "bad"));
    faults.forEach((number) => line(`${number}：${all[number].fault}`, "bad", number));
    if (count > faults.length) line(isOff() ? say(`离线：${count - faults.length} 份评分存在手机上，连上后自动送出。`, `Offline: ${count - faults.length} kept on this phone, sent by itself later.`) : say(`${count - faults.length} 份评分正在送出……`, `Sending ${count - faults.length} …`), "warn");
    if (!keeps && count) line(say("这台手机不能存储：送出之前请不要关闭页面。", "This phone cannot store: keep the page open until it is sent."), "bad");
    box.hidden = !box.childNodes.length;
  };

  // 开放的项目自己出现；正在打别的项目时不抢。
  const follow = () => {
    const root = part.querySelector("[data-on]");
    const on = root ? root.dataset.on : "";
    const line = on && lineOf(on);
    if (chosen && lineOf(chosen) && (lineOf(chosen).dataset.state === "closed" || lineOf(chosen).dataset.state === "shut")) shut();
    if (!chosen && line && line.dataset.state === "open" && !line.dataset.kept && !unsent()[on] && followed !== on) {
      followed = on;
      choose(on);
    }
    draw();
  };
  let followed = "";
  document.addEventListener("stage:changed", () => { follow(); flush(); });
  document.addEventListener("stage:line", () => { draw(); if (!isOff()) flush(); });
  setInterval(() => { if (Object.keys(unsent()).length) flush(); }, 2000);
  follow();
  flush();
})();
