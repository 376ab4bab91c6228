"use strict";
// Gradio's notices that no translation key reaches.
const NOTICES = [
  ["Connection to the server was lost. Attempting reconnection...", "Mất kết nối với máy chủ. Đang tự nối lại…"],
  ["Connection Lost", "Mất kết nối"],
  ["Connection errored out.", "Kết nối bị gián đoạn. Mời ông/bà thử lại."],
  ["This application is currently busy. Please try again.", "Hệ thống đang bận. Mời ông/bà thử lại."],
  ["Waiting for file(s) to finish uploading, please retry.", "Xin chờ tệp tải lên xong rồi thử lại."],
  ["Error", "Lỗi"],
];
new MutationObserver(() => {
  for (const toast of document.querySelectorAll(".toast-body")) {
    const walk = document.createTreeWalker(toast, NodeFilter.SHOW_TEXT);
    while (walk.nextNode()) {
      const known = NOTICES.find(([english]) => walk.currentNode.data.trim().startsWith(english));
      if (known) walk.currentNode.data = known[1];
    }
  }
}).observe(document.documentElement, { childList: true, subtree: true });
