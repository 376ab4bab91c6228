"use strict";
const lit = document.getElementById("cau");
if (lit) lit.scrollIntoView({ block: "center" });
for (const button of document.querySelectorAll("[data-copy-address]")) {
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(location.href);
    button.textContent = "Đã chép";
  });
}
for (const chart of document.querySelectorAll(".chart .scroll")) chart.scrollLeft = chart.scrollWidth;
