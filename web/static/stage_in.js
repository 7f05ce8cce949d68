// 扫码即签到：看一眼不算，按钮才算；有脚本时替人按下。 One scan is enough: a look does nothing, the button does.
document.querySelector("[data-come-in]").submit();
