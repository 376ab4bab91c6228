const names = ["kind", "since", "until"];
const field = (name) => element.querySelector(`[name="${name}"]`);
const count = () => names.filter((name) => field(name).value).length;

function tell() {
  element.querySelector(".chosen").textContent = count() ? `(đang dùng ${count()})` : "";
}
function show() {
  const chosen = props.value || {};
  for (const name of names) field(name).value = chosen[name] || "";
  element.querySelector(`[name="mode"][value="${chosen.mode === "search" ? "search" : "ask"}"]`).checked = true;
  tell();
}
function read() {
  const mode = element.querySelector('[name="mode"]:checked').value;
  props.value = { mode, ...Object.fromEntries(names.map((name) => [name, field(name).value])) };
  setTimeout(tell);
}
element.addEventListener("change", read);
element.querySelector("[data-reset]").addEventListener("click", () => {
  for (const name of names) field(name).value = "";
  read();
});
watch("value", show);
show();
