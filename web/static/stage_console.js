// 主持台的按键：空格暂停或继续。 Keys of the console.
(() => {
  "use strict";
  document.addEventListener("keydown", (event) => {
    if (event.key !== " " || event.target.closest("input, textarea, select, button, a, summary, [tabindex]")) return;
    const button = document.querySelector("[data-deed=pause]:not([disabled]), [data-deed=go_on]:not([disabled])");
    if (!button) return;
    event.preventDefault();
    button.click();
  });
  // 换上新的画面后，锁定的表单也按新的一步提交；主按钮得到焦点，回车即可。
  document.addEventListener("stage:changed", () => {
    const lock = document.querySelector("[data-newest-revision]");
    if (lock) lock.value = document.querySelector("[data-step]").dataset.step;
  });
  // 按下按钮不换页：时钟不停，画面换上新的一步；被拒绝的话说明原因。
  document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (!form.closest("#part") || !form.action.includes("/stage/console/")) return;
    event.preventDefault();
    const body = new URLSearchParams(new FormData(form));
    form.querySelectorAll("button").forEach((button) => { button.disabled = true; });
    try {
      const answer = await fetch(form.action, { method: "POST", body, headers: { "HX-Request": "true" } });
      if (!answer.ok) document.getElementById("toasts").insertAdjacentHTML("beforeend", await answer.text());
    } catch (_error) { location.reload(); }
    window.linxuanStage.refresh();
  }, true);
  const main = document.querySelector(".deeds .button.main:not([disabled])");
  if (main) main.focus({ preventScroll: true });
})();
