// 审查表的按键：没有脚本时用按钮，有脚本时手不离键盘。 The keys of the check sheet; without them there are buttons.
(() => {
  "use strict";
  let place = -1;
  const lines = () => [...document.querySelectorAll("[data-line]")];
  const go = (to, isWriting = false) => {
    const all = lines();
    if (!all.length) return;
    place = Math.max(0, Math.min(all.length - 1, to));
    all.forEach((line, at) => line.classList.toggle("here", at === place));
    if (isWriting) return; // 刚开始写的理由，光标不拿走
    all[place].focus({ preventScroll: true });
    all[place].scrollIntoView({ block: "nearest" });
  };
  const nextOpen = (from) => {
    const all = lines();
    const open = all.findIndex((line, at) => at >= from && "openLine" in line.dataset);
    return open >= 0 ? open : Math.min(from, all.length - 1);
  };
  const press = (button) => button && !button.disabled && button.click();

  // 写理由之后，Enter 照先前按的键办。
  const write = (line, key) => {
    const button = line.querySelector(`[data-line-key="${key}"]`);
    if (!button) return;
    const words = button.form.querySelector("input[name=reason]");
    button.form.dataset.intent = key;
    words.focus();
    words.select();
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const words = event.target.closest("input[name=reason]");
    if (words) {
      if (event.key === "Escape") go(place);
      if (event.key !== "Enter" || event.isComposing) return;
      event.preventDefault();
      press(words.form.querySelector(`[data-line-key="${words.form.dataset.intent || 2}"]`));
      return;
    }
    if (event.target.closest("input, textarea, select, dialog[open], a[href], summary") && event.key === "Enter") return;
    if (event.target.closest("input, textarea, select")) return;
    const keys = document.getElementById("keys");
    if (keys.open && event.key !== "?") return;
    const line = lines()[place];
    if (event.key === "Enter" && event.target.closest("button")) return;
    if (event.key === "j") go(place + 1);
    else if (event.key === "k") go(place - 1);
    else if (event.key === "?") keys.open ? keys.close() : keys.showModal();
    else if (event.key === "1" || event.key === "c") line && press(line.querySelector(`[data-line-key="${event.key}"]`));
    else if (event.key === "2" || event.key === "3") line && write(line, event.key);
    else press(document.querySelector(`[data-key="${CSS.escape(event.key)}"]`));
    if (["j", "k", "?", "1", "2", "3"].includes(event.key)) event.preventDefault();
  });

  // 同事改了，就换上新的；正在写理由、正在答一条的时候不换，先问的回答也不盖住后答的。
  // A colleague's answer comes in, unless a reason is being written or an answer of one's own is on its way.
  let answering = 0, answered = 0, asked = 0;
  const isFresh = (event) => event.detail.requestConfig.elt.matches("[data-fresh]");
  const isBusy = () => answering > 0 || [...document.querySelectorAll("#sheet input[name=reason]")]
    .some((field) => field.value !== field.defaultValue || field === document.activeElement);
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (event.detail.requestConfig.verb === "post") answering += 1;
    else if (isFresh(event) && isBusy()) event.preventDefault();
    else if (isFresh(event)) asked = answered;
  });
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (isFresh(event) && (isBusy() || asked !== answered)) event.detail.shouldSwap = false;
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.requestConfig.verb !== "post") return;
    answering -= 1;
    answered += 1;
  });

  // 答完一条，换上新的审查表，停在下一条待填的。
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.detail.elt.id !== "sheet" && !document.getElementById("sheet").contains(event.detail.elt)) return;
    if (event.detail.elt.closest("#present")) return;
    if (isFresh(event)) return go(place, isBusy());
    const failed = document.querySelector("[data-line] [role=alert]");
    go(failed ? lines().indexOf(failed.closest("[data-line]")) : nextOpen(Math.max(0, place)));
  });
  addEventListener("DOMContentLoaded", () => go(nextOpen(0)));
  if (document.readyState !== "loading") go(nextOpen(0));
})();
