// 页面的小动作：没有脚本时一切照常，有脚本时更顺手。 What pages do by themselves; without it everything still works.
(() => {
  "use strict";
  const root = document.documentElement;

  // 深浅色：当场切换，并记在 Cookie 里。
  const isDark = () =>
    root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  document.querySelectorAll("[data-theme-switch]").forEach((button) => {
    button.addEventListener("click", (event) => {
      event.preventDefault();
      const theme = isDark() ? "light" : "dark";
      root.dataset.theme = theme;
      const form = new FormData(button.form);
      form.set("theme", theme);
      fetch(button.form.action, { method: "POST", body: new URLSearchParams(form), redirect: "manual" });
      document.dispatchEvent(new CustomEvent("linxuan:theme"));
    });
  });

  // “/” 到搜索框；Esc 收起菜单。
  document.addEventListener("keydown", (event) => {
    const find = document.querySelector("main [data-find]") || document.querySelector("[data-find]");
    if (event.key === "/" && find && !event.target.closest("input, textarea, select")) {
      event.preventDefault();
      find.focus();
    }
    if (event.key === "Escape") document.querySelectorAll("details.menu[open]").forEach((menu) => (menu.open = false));
  });
  document.addEventListener("click", (event) => {
    document.querySelectorAll("details.menu[open]").forEach((menu) => {
      if (!menu.contains(event.target)) menu.open = false;
    });
    const opener = event.target.closest("[data-open]");
    if (opener) document.getElementById(opener.dataset.open).showModal();
    if (event.target.closest("[data-close]")) event.target.closest("dialog").close();
    if (event.target.closest("[data-print]")) print();
  });

  // 一次提交只发一次：按下后到页面换掉之前不再收第二次。
  document.addEventListener("submit", (event) => {
    if (event.target.dataset.sent) return event.preventDefault();
    const elsewhere = event.submitter && event.submitter.formTarget; // 在框里预览，本页还在
    if (event.target.method === "post" && !elsewhere) event.target.dataset.sent = "yes";
  });
  addEventListener("pageshow", () => document.querySelectorAll("[data-sent]").forEach((form) => delete form.dataset.sent));
  document.addEventListener("htmx:afterRequest", () =>
    document.querySelectorAll("[data-sent]").forEach((form) => delete form.dataset.sent));

  // htmx 的提交也带上本页表单的凭据。
  document.addEventListener("htmx:configRequest", (event) => {
    event.detail.headers["X-Form-Secret"] = document.querySelector("meta[name=form-secret]").content;
  });

  // 手机上一排的导航：本页的那一项要看得见。
  const here = document.querySelector(".side nav [aria-current]");
  if (here) here.closest("nav").scrollLeft += here.getBoundingClientRect().left - 60;

  // 提示条过几秒收起。
  const fade = (toast) => setTimeout(() => toast.remove(), 6000);
  document.querySelectorAll("[data-toast]").forEach(fade);
  new MutationObserver((changes) => changes.forEach((change) => change.addedNodes.forEach((node) => {
    if (node.nodeType === 1 && node.matches("[data-toast]")) fade(node);
  }))).observe(document.getElementById("toasts"), { childList: true });
})();
