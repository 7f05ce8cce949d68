// 评分页的小动作：合计、加减、数字键、草稿、倍速、大字。没有脚本时照样能打分。 What the score pad does by itself.
(() => {
  "use strict";
  const root = document.documentElement;
  const store = {
    get(key) { try { return localStorage.getItem(key); } catch (_error) { return null; } },
    set(key, value) { try { localStorage.setItem(key, value); } catch (_error) { /* 无痕模式：不存草稿 */ } },
    drop(key) { try { localStorage.removeItem(key); } catch (_error) { /* 同上 */ } },
  };

  // 大字版：记在这台设备上。
  if (store.get("linxuan-large")) root.setAttribute("data-large", "");
  document.querySelectorAll("[data-large-print]").forEach((button) => {
    button.hidden = false;
    const tell = () => button.setAttribute("aria-pressed", String(root.hasAttribute("data-large")));
    button.addEventListener("click", () => {
      root.toggleAttribute("data-large");
      if (root.hasAttribute("data-large")) store.set("linxuan-large", "yes"); else store.drop("linxuan-large");
      tell();
    });
    tell();
  });

  // 视频：倍速与按键。
  const film = document.querySelector("video.film");
  if (film) {
    const speeds = [...document.querySelectorAll("[data-speed]")];
    document.querySelector(".speeds").hidden = false;
    const play = (speed) => {
      film.playbackRate = speed;
      speeds.forEach((button) => button.setAttribute("aria-pressed", String(Number(button.dataset.speed) === speed)));
    };
    speeds.forEach((button) => button.addEventListener("click", () => play(Number(button.dataset.speed))));
    document.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.target.closest("input, textarea, select, button, a, summary, video, [tabindex]")) return;
      const steps = speeds.map((button) => Number(button.dataset.speed));
      const at = steps.indexOf(film.playbackRate);
      if (event.key === " ") { if (film.paused) film.play().catch(() => {}); else film.pause(); }
      else if (event.key === "ArrowLeft") film.currentTime -= 5;
      else if (event.key === "ArrowRight") film.currentTime += 5;
      else if (event.key === "[") play(steps[Math.max(0, at - 1)]);
      else if (event.key === "]") play(steps[Math.min(steps.length - 1, at + 1)]);
      else return;
      event.preventDefault();
    });
  }

  const pad = document.querySelector("form[data-pad]");
  if (!pad) return;
  const inputs = [...pad.querySelectorAll(".stepper input")];
  const parts = [...pad.querySelectorAll("[data-mode]")];
  const reason = pad.querySelector("[data-reason]");
  const total = pad.querySelector("[data-total]");
  const missing = pad.querySelector("[data-missing]");
  const submit = pad.querySelector("[data-submit]");
  const keypad = pad.querySelector("[data-keypad]");
  const HUNDRED = 100;  // 内部以百分之一分计，避免小数误差

  const plain = (text) => text.replace(/[０-９]/g, (digit) => String.fromCharCode(digit.charCodeAt(0) - 0xfee0))
    .replace(/[．。]/g, ".").trim();
  const points = (input) => {
    const text = plain(input.value);
    return /^\d{1,4}(\.\d{1,2})?$/.test(text) ? Math.round(Number(text) * HUNDRED) : null;
  };
  const shown = (hundredths) => String(hundredths / HUNDRED);
  const mode = () => {
    const chosen = pad.querySelector("input[name=mode]:checked");
    return chosen ? chosen.value : "total";
  };
  const mine = () => inputs.filter((input) => input.closest("[data-mode]").dataset.mode === mode());
  const limit = (input, name) => Math.round(Number(input.dataset[name] || 0) * HUNDRED);
  const fits = (input) => {
    const value = points(input);
    return value !== null && value >= limit(input, "lowest") && value <= limit(input, "points") && value % limit(input, "step") === 0;
  };

  const letters = (text) => (text.match(/[\p{L}\p{N}]/gu) || []).length;  // 标点、空格不算理由

  const reckon = () => {
    parts.forEach((part) => { part.hidden = part.dataset.mode !== mode(); });
    const fields = mine();
    let sum = 0;
    let empty = 0;
    let wrong = 0;
    fields.forEach((input) => {
      const blank = !input.value.trim();
      const good = fits(input);
      input.setAttribute("aria-invalid", String(!blank && !good));
      if (blank) empty += 1; else if (!good) wrong += 1; else sum += points(input);
    });
    pad.querySelectorAll("[data-criterion]").forEach((group) => {
      const own = [...group.querySelectorAll("input")].filter(fits).map(points);
      group.querySelector("[data-sum]").value = shown(own.reduce((one, other) => one + other, 0));
    });
    const known = fields.length > empty;
    total.value = known ? shown(sum) : "—";
    const english = root.lang === "en";
    missing.textContent = wrong ? (english ? `${wrong} out of range` : `${wrong} 格超出范围`)
      : empty && mode() === "aspects" ? (english ? `${empty} to go` : `还有 ${empty} 格`) : "";
    if (!reason) return;
    const asked = !empty && !wrong && (sum > Number(pad.dataset.above) * HUNDRED || sum < Number(pad.dataset.below) * HUNDRED);
    const words = reason.querySelector("textarea");
    reason.hidden = !asked && !words.value.trim();
    words.required = asked;
    submit.disabled = asked && letters(words.value) < Number(pad.dataset.least || 1);
    if (submit.disabled) missing.textContent = english ? "reason needed" : "请写明理由";
  };

  // 草稿：只留在这台设备上，提交成功即删去。
  const key = () => `linxuan-score/${pad.dataset.draft}`;
  const names = () => [...pad.querySelectorAll(".stepper input, textarea")];
  const keep = () => {
    const values = {};
    names().forEach((field) => { values[field.name] = field.value; });
    store.set(key(), JSON.stringify({ revision: pad.dataset.revision, mode: mode(), values }));
  };
  const take = (draft) => {
    names().forEach((field) => { if (draft.values[field.name] !== undefined) field.value = draft.values[field.name]; });
    const chosen = pad.querySelector(`input[name=mode][value=${draft.mode === "total" ? "total" : "aspects"}]`);
    if (chosen) chosen.checked = true;
    reckon();
  };
  const told = pad.querySelector("[data-draft-told]");
  const offer = (draft, isOlder) => {
    told.hidden = false;
    told.querySelector("[data-restored]").hidden = isOlder;
    told.querySelector("[data-older]").hidden = !isOlder;
    told.querySelector("[data-draft-take]").hidden = !isOlder;
    const words = Object.keys(draft.values).filter((name) => name !== "reason" && draft.values[name]);
    told.querySelector("[data-draft-words]").textContent = isOlder ? words.map((name) => draft.values[name]).join(" · ") : "";
    told.querySelector("[data-draft-take]").onclick = () => { take(draft); keep(); told.hidden = true; };
    told.querySelector("[data-draft-drop]").onclick = () => { store.drop(key()); told.hidden = true; pad.reset(); reckon(); };
  };
  const restore = () => {
    const left = pad.hasAttribute("data-refused") ? null : JSON.parse(store.get(key()) || "null");
    told.hidden = true;
    if (!left || !names().some((field) => (left.values[field.name] || "") !== field.value)) return;
    const isOlder = left.revision !== pad.dataset.revision;
    if (!isOlder) take(left);
    offer(left, isOlder);
  };
  if (document.querySelector("[data-saved]")) store.drop(key());
  restore();
  // 终评现场的手机换到另一项时，由那里发出这两个事件。
  pad.addEventListener("pad:item", () => { open(null); reckon(); restore(); });
  pad.addEventListener("pad:sent", () => { store.drop(key()); told.hidden = true; });

  // 加减与数字键。
  const nudge = (input, by) => {
    const step = limit(input, "step");
    const top = limit(input, "points");
    const low = limit(input, "lowest");
    const from = points(input);
    const next = from === null ? (by > 0 ? low : top) : Math.round(from / step) * step + by * step;
    input.value = shown(Math.min(top, Math.max(low, next)));
  };
  const changed = () => { reckon(); keep(); };
  let typing = null;
  const touch = matchMedia("(pointer: coarse)").matches;
  const open = (input) => {
    if (typing) typing.classList.remove("typing");
    typing = input;
    keypad.hidden = !input;
    if (!input) return;
    input.classList.add("typing");
    keypad.querySelector("[data-key=half]").hidden = limit(input, "step") % HUNDRED === 0;
  };
  inputs.forEach((input) => {
    if (touch) {
      input.setAttribute("inputmode", "none");
      input.addEventListener("focus", () => open(input));
    }
    input.addEventListener("keydown", (event) => {
      if (event.key !== "ArrowUp" && event.key !== "ArrowDown") return;
      event.preventDefault();
      nudge(input, event.key === "ArrowUp" ? 1 : -1);
      changed();
    });
  });
  pad.querySelectorAll(".step").forEach((button) => button.addEventListener("click", () => {
    nudge(button.parentElement.querySelector("input"), Number(button.dataset.by));
    changed();
  }));
  keypad.addEventListener("pointerdown", (event) => event.preventDefault());
  keypad.addEventListener("click", (event) => {
    const pressed = event.target.closest("[data-key]");
    if (!pressed || !typing) return;
    const what = pressed.dataset.key;
    const field = typing;
    if (what === "shut") return open(null);
    if (what === "next") {
      const fields = mine();
      const next = fields[fields.indexOf(field) + 1];
      if (next) { next.focus(); next.scrollIntoView({ block: "center" }); } else open(null);
      return;
    }
    if (what === "half") nudge(field, 1);
    else if (what === "⌫") field.value = field.value.slice(0, -1);
    else if (field.value.length < Number(field.maxLength)) field.value += what;
    changed();
  });
  pad.addEventListener("input", changed);
  pad.addEventListener("change", changed);
  reckon();
})();
