const names = ["kind", "since", "until"];
const field = (name) => element.querySelector(`[name="${name}"]`);
const count = () => names.filter((name) => field(name).value).length;

function tell() {
  element.querySelector(".chosen").textContent = count() ? `(đang dùng ${count()})` : "";
}
function show() {
  const chosen = props.value || {};
  for (const name of names) field(name).value = chosen[name] || "";
  if (field("compose")) field("compose").checked = chosen.compose !== false;
  element.querySelector(`[name="mode"][value="${chosen.mode === "search" ? "search" : "ask"}"]`).checked = true;
  tell();
}
function read() {
  const mode = element.querySelector('[name="mode"]:checked').value;
  const compose = field("compose") ? { compose: field("compose").checked } : {};
  props.value = { mode, ...compose, ...Object.fromEntries(names.map((name) => [name, field(name).value])) };
  setTimeout(tell);
}
element.addEventListener("change", read);
element.querySelector("[data-reset]").addEventListener("click", () => {
  for (const name of names) field(name).value = "";
  read();
});
function tellLength(box) {
  const limit = box.maxLength;
  const near = limit > 0 && box.value.length >= limit * 0.9;
  const full = near && box.value.length >= limit;
  const sizes = `${box.value.length.toLocaleString("vi-VN")}/${limit.toLocaleString("vi-VN")} ký tự`;
  element.querySelector(".limit").textContent = near ? sizes + (full ? ": đã đủ, phần viết thêm không được nhận" : "") : "";
}
document.addEventListener("input", (event) => {
  if (event.target.matches("#cau-hoi textarea")) tellLength(event.target);
});
watch("value", show);
show();
