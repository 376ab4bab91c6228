const panel = () => document.getElementById("nguon");
const box = () => document.querySelector("#cau-hoi textarea");
const say = (button, text) => {
  const before = button.textContent;
  button.textContent = text;
  setTimeout(() => { button.textContent = before; }, 1600);
};

function showSource(name) {
  const card = document.getElementById(`nguon-${name}`);
  if (!card) return;
  showTurn(name.split("-")[0]);
  document.querySelectorAll(".source.lit").forEach((one) => one.classList.remove("lit"));
  document.querySelectorAll(".mark").forEach((one) => one.setAttribute("aria-current", one.dataset.source === name));
  card.classList.add("lit");
  card.scrollIntoView({ block: "nearest", behavior: "smooth" });
  card.focus({ preventScroll: true });
}

function showTurn(turn) {
  panel().dataset.turn = turn;
  panel().querySelectorAll(".evidence-turn").forEach((one) => one.classList.toggle("shown", one.dataset.turn === turn));
}

function goBack(turn) {
  const answer = document.getElementById(`luot-${turn}`);
  answer.scrollIntoView({ block: "start", behavior: "smooth" });
  (answer.querySelector('.mark[aria-current="true"]') || answer.querySelector("button")).focus({ preventScroll: true });
}

function edit(question) {
  const input = box();
  input.value = question;
  input.dispatchEvent(new Event("input", { bubbles: true }));
  input.focus();
}

async function copy(button, text) {
  try {
    await navigator.clipboard.writeText(text);
    say(button, "Đã chép");
  } catch {
    say(button, "Trình duyệt không cho chép");
  }
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("#hoi-thoai button, #nguon button");
  if (!button) return;
  const told = button.dataset;
  if (told.source) showSource(told.source);
  else if (told.back) goBack(told.back);
  else if (told.edit !== undefined) edit(told.edit);
  else if (told.copy !== undefined) copy(button, told.copy);
  else if (told.share) copy(button, new URL(told.share, location.origin).href);
  else if (told.unfold) unfold(button, document.getElementById(told.unfold));
  else if (told.event) tell({ ...told });
});

document.addEventListener("submit", (event) => {
  const form = event.target.closest("#hoi-thoai form");
  if (!form) return;
  event.preventDefault();
  tell({ event: "like", turn: form.dataset.turn, helpful: "no", reason: form.elements.reason.value });
});

function tell({ event, turn = "", question = "", helpful = "", reason = "", form = "" }) {
  trigger(event, { turn, question, helpful, reason, form });
}

function unfold(button, form) {
  form.hidden = !form.hidden;
  button.setAttribute("aria-expanded", String(!form.hidden));
  if (!form.hidden) form.querySelector("button").focus();
}

function askFromAddress() {
  const question = new URL(location.href).searchParams.get("q");
  if (!question) return;
  history.replaceState(null, "", location.pathname);
  tell({ event: "example_select", question });
}

let shown = 0;
let searched = false;
let opened = false;
watch("value", () => {
  if (!opened && !element.querySelector(".preparing")) {
    opened = true;
    askFromAddress();
  }
  delete panel().dataset.turn;
  panel().querySelectorAll(".shown").forEach((one) => one.classList.remove("shown"));
  const all = element.querySelectorAll(".exchange");
  const searches = Boolean(element.querySelector(".pending"));
  if (all.length && (all.length !== shown || searches || searched)) {
    all[all.length - 1].scrollIntoView({ block: "start", behavior: searches ? "instant" : "smooth" });
  }
  shown = all.length;
  searched = searches;
  if (element.querySelector(".preparing")) waitForIndex();
});

function waitForIndex() {
  setTimeout(async () => {
    try {
      if ((await fetch("/ready")).ok) return location.reload();
    } catch { /* the server is away for a moment: ask again */ }
    waitForIndex();
  }, 2000);
}
