// 分段上传：可暂停；断线后自动接着传；刷新后再选同一个文件，从断处继续。
(() => {
  "use strict";
  const SECOND = 1000;
  const LONGEST_WAIT = 30 * SECOND;
  const sending = new Set();

  const secret = () => document.querySelector("meta[name=form-secret]").content;
  const after = (span) => new Promise((done) => setTimeout(done, span));

  // 一次往返。断线与网关的错误为 {lost}，停下为 {stopped}，回绝为服务器自己的话。
  const ask = (way, method, path, body, moved) => new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    way.request = request;
    request.open(method, path);
    request.setRequestHeader("X-Form-Secret", secret());
    if (body instanceof Blob) request.setRequestHeader("Content-Type", "application/octet-stream");
    if (moved) request.upload.onprogress = (event) => moved(event.loaded);
    request.onerror = () => reject({ lost: true });
    request.onabort = () => reject({ stopped: true });
    request.onload = () => {
      if (request.status >= 502) return reject({ lost: true });
      let told = null;
      try { told = JSON.parse(request.responseText); } catch (_) { return reject({ stale: true }); }
      if (request.status < 300) resolve(told);
      else reject(told);
    };
    request.send(body || null);
  });

  class Way {
    constructor(box) {
      this.box = box;
      this.words = JSON.parse(box.dataset.words);
      this.told = box.querySelector(".upload-told");
      this.bar = box.querySelector("progress");
      this.button = box.querySelector("[data-pause]");
      this.paused = null;
    }

    say(words, bad) {
      this.told.textContent = words;
      this.told.classList.toggle("bad", Boolean(bad));
    }

    show(file, arrived) {
      this.bar.value = file.size ? (100 * arrived) / file.size : 100;
      const mb = (bytes) => (bytes / 1048576).toFixed(1);
      this.say(`${this.words.sending} ${file.name}　${mb(arrived)} / ${mb(file.size)} MB（${Math.floor(this.bar.value)}%）`);
    }

    toggle() {
      if (this.paused) {
        this.paused.go();
        this.paused = null;
        this.button.textContent = this.words.pause;
      } else {
        this.paused = {};
        this.paused.over = new Promise((go) => { this.paused.go = go; });
        this.button.textContent = this.words.resume;
        this.say(this.words.paused);
        if (this.request) this.request.abort();
      }
    }

    // 一直试到有回答：断线等一等，暂停等人按“继续”。
    async patiently(attempt) {
      for (let span = SECOND; ; span = Math.min(2 * span, LONGEST_WAIT)) {
        if (this.paused) await this.paused.over;
        try {
          return await attempt();
        } catch (fault) {
          if (fault.stopped && this.paused) continue;
          if (!fault.stopped && !fault.lost) throw fault;
          this.say(this.words.lost);
          await after(span);
        }
      }
    }

    async send(file, kind) {
      const { upload: path, slot, ordinal } = this.box.dataset;
      const place = `linxuan ${path} ${slot} ${ordinal || file.name}`;
      const mark = `${file.name} ${file.size} ${file.lastModified}`;
      let state = await this.known(path, place, mark);
      if (!state) {
        const told = new URLSearchParams({ slot, name: file.name, size: file.size, kind });
        if (ordinal) told.set("ordinal", ordinal);
        state = await this.patiently(() => ask(this, "POST", path, told));
        localStorage.setItem(place, JSON.stringify({ id: state.upload_id, mark }));
      }
      const own = `${path}/${state.upload_id}`;
      await this.pieces(own, file, state);
      this.button.hidden = true;
      this.say(this.words.checking);
      await this.patiently(() => ask(this, "POST", `${own}/finish`, new URLSearchParams({ size: file.size })));
      localStorage.removeItem(place);
    }

    // 上次传到一半的同一个文件，如果服务器还留着。
    async known(path, place, mark) {
      const kept = JSON.parse(localStorage.getItem(place) || "null");
      if (!kept || kept.mark !== mark) return null;
      try {
        return await this.patiently(() => ask(this, "GET", `${path}/${kept.id}`));
      } catch (fault) {
        if (fault.stale) throw fault;
        return null;
      }
    }

    async pieces(own, file, state) {
      let { arrived } = state;
      this.show(file, arrived);
      while (arrived < file.size) {
        const offset = arrived;
        const piece = file.slice(offset, offset + state.slice);
        const moved = (bytes) => this.show(file, offset + Math.min(bytes, piece.size));
        try {
          const told = await this.patiently(() => ask(this, "POST", `${own}?offset=${offset}`, piece, moved));
          arrived = told.arrived;
        } catch (fault) {
          if (typeof fault.arrived !== "number") throw fault;
          arrived = fault.arrived; // 上一段其实到了，只是回音丢了
        }
        this.show(file, arrived);
      }
    }
  }

  const refresh = async (path) => {
    const answer = await fetch(path, { credentials: "same-origin" });
    if (!answer.ok) return location.reload();
    const pieces = new DOMParser().parseFromString(await answer.text(), "text/html").body.children;
    Array.from(pieces).forEach((piece) => {
      const there = piece.id && document.getElementById(piece.id);
      if (there && !there.querySelector(".upload-way:not([hidden])")) there.replaceWith(document.importNode(piece, true));
    });
    return undefined;
  };

  const fault = (way, files, kind) => {
    const most = Number(way.box.dataset.largest);
    const large = files.find((file) => file.size > most);
    const mb = (bytes) => (bytes / 1048576).toFixed(1);
    if (large) return way.words.large.replace("{size}", mb(large.size)).replace("{most}", most / 1048576);
    if (files.some((file) => file.size === 0)) return way.words.empty;
    return way.box.querySelector("[data-kind-of]") && !kind ? way.words.kind : "";
  };

  const start = async (input) => {
    const box = input.closest("[data-upload]");
    const way = new Way(box);
    const files = Array.from(input.files);
    input.value = "";
    const choice = box.querySelector("[data-kind-of]");
    const kind = choice ? choice.value : box.dataset.kind;
    const wrong = fault(way, files, kind);
    if (wrong || !files.length) return way.say(wrong, true);
    const line = box.querySelector(".upload-way");
    line.hidden = false;
    input.disabled = true;
    way.button.hidden = false;
    way.button.onclick = () => way.toggle();
    sending.add(way);
    try {
      for (const file of files) {
        way.button.hidden = false;
        await way.send(file, kind);
      }
      way.say(way.words.done);
      line.hidden = true;
      await refresh(box.dataset.piece);
      const slot = document.getElementById(`slot-${box.dataset.slot}`);
      if (slot) {
        slot.querySelectorAll("[data-report]").forEach((report) => { report.open = true; });
        slot.focus({ preventScroll: true });
      }
    } catch (told) {
      way.say(told.sentence ? `${told.sentence}${told.next_step}` : way.words.stale, true);
    } finally {
      sending.delete(way);
      line.hidden = true;
      input.disabled = false;
    }
    return undefined;
  };

  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-upload] input[type=file]")) start(event.target);
  });
  // 本脚本到得迟：在它之前就选好的文件，照样传。
  document.querySelectorAll("[data-upload] input[type=file]").forEach((input) => { if (input.files.length) start(input); });
  document.addEventListener("linxuan:piece", (event) => refresh(event.detail));
  addEventListener("beforeunload", (event) => {
    if (sending.size) event.preventDefault();
  });
})();
