watch("value", () => {
  const file = props.value || {};
  if (!file.content) return;
  const bytes = Uint8Array.from(atob(file.content), (character) => character.charCodeAt(0));
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([bytes], { type: file.kind }));
  link.download = file.name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
});
