// 边填边存：停下来就存；离开页面、按别的按钮之前先存好。没有脚本时，各有各的按钮。
(() => {
  "use strict";
  const PAUSE = 1500; // 毫秒：打字停下这么久就存
  const AT_ONCE = 250;
  const AGAIN = 5000;
  const LONGEST = 10000; // 一次提交最多把页面按住这么久
  const secret = () => document.querySelector("meta[name=form-secret]").content;

  // 提交时要带的“看到的是哪一版”。
  const facts = () => document.querySelector('input[name=seen][value^="facts:"]');

  class Keeper {
    constructor(note) {
      this.note = note;
      this.form = note.closest("form");
      this.words = JSON.parse(note.dataset.words);
      this.dirty = false;
      this.form.addEventListener("input", (event) => this.soon(PAUSE, event.target.name));
      this.form.addEventListener("change", () => this.soon(AT_ONCE));
    }

    // typing：正在打字的那一格，先原样存着，离开这一格才登记。
    soon(span, typing) {
      this.dirty = true;
      this.typing = typing;
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.save(), span);
    }

    // 同时只有一次在路上；路上又有改动，回来再存一次。
    async save() {
      clearTimeout(this.timer);
      if (this.going) return this.going.then(() => (this.dirty ? this.save() : undefined));
      if (!this.dirty) return undefined;
      this.dirty = false;
      this.note.textContent = this.words.saving;
      this.going = this.send().finally(() => { this.going = null; });
      return this.going;
    }

    async send() {
      const body = new URLSearchParams(new FormData(this.form));
      body.set("script", "yes");
      if (this.typing) body.set("typing", this.typing);
      const seen = facts();
      if (seen) body.set("seen", seen.value);
      let answer = null;
      try {
        const headers = { "X-Form-Secret": secret() };
        answer = await fetch(this.note.dataset.keep, { method: "POST", headers, body, keepalive: true, redirect: "error" });
      } catch (_) {
        this.note.textContent = this.words.lost;
        return this.soon(AGAIN);
      }
      let told = null;
      try { told = await answer.json(); } catch (_) { told = {}; }
      if (answer.ok) return this.kept(told);
      if (told.clashes) return HTMLFormElement.prototype.submit.call(this.form); // 两个版本由页面自己摆出来
      this.note.textContent = told.sentence ? `${told.sentence}${told.next_step}` : this.words.stale;
      return undefined;
    }

    kept(told) {
      if (told.seen && facts()) facts().value = told.seen;
      this.note.textContent = this.words.saved.replace("{at}", told.at);
      Object.entries(told.was).forEach(([name, value]) => {
        const was = this.form.elements[`was_${name}`];
        if (was) was.value = value;
      });
      this.form.querySelectorAll("[name^=case_]").forEach((field) => this.mark(field, told.faults[field.name.slice(5)]));
      told.pieces.forEach((path) => document.dispatchEvent(new CustomEvent("linxuan:piece", { detail: path })));
    }

    mark(field, fault) {
      const box = field.closest(".field");
      let line = box.querySelector(".fault");
      box.classList.toggle("wrong", Boolean(fault));
      field.toggleAttribute("aria-invalid", Boolean(fault));
      if (fault) field.setAttribute("aria-invalid", "true");
      if (!fault) return line && line.remove();
      if (!line) {
        line = document.createElement("p");
        line.className = "fault";
        line.id = `fault-${field.name}`;
        box.append(line);
        field.setAttribute("aria-describedby", line.id);
      }
      line.textContent = fault;
      return undefined;
    }
  }

  const keepers = Array.from(document.querySelectorAll("[data-keep]"), (note) => new Keeper(note));
  const flushed = new WeakSet();
  const waiting = (form) => keepers.filter((keeper) => keeper.form !== form && (keeper.dirty || keeper.going));

  // 按别的按钮时，先把没存的存好，再照常提交。
  document.addEventListener("submit", (event) => {
    keepers.filter((keeper) => keeper.form === event.target).forEach((keeper) => {
      clearTimeout(keeper.timer);
      keeper.dirty = false;
    });
    const before = flushed.delete(event.target) ? [] : waiting(event.target);
    if (!before.length) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const { target, submitter } = event;
    const go = () => {
      flushed.add(target); // 存过一次就走，存没存上都不再等
      target.requestSubmit(submitter);
    };
    Promise.all(before.map((keeper) => keeper.save())).then(go, go);
  }, true);

  // 提交之后，新页面来之前填的会随旧页面丢掉：这时不再收字。
  const main = document.querySelector("main");
  addEventListener("submit", (event) => {
    if (event.defaultPrevented || event.target.method !== "post") return;
    main.inert = true;
    setTimeout(() => { main.inert = false; }, LONGEST);
  });
  addEventListener("pageshow", () => { main.inert = false; });
  addEventListener("pagehide", () => keepers.forEach((keeper) => keeper.save()));
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") keepers.forEach((keeper) => keeper.save());
  });
})();
