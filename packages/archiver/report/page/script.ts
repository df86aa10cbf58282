/** All that the page needs JavaScript for: it shows a field that filters applications, and opens those that are linked to. */
export const script = `
"use strict";
const field = document.getElementById("filter");
const groups = [...document.querySelectorAll(".applications tbody tr")].map((row) => {
  const target = document.getElementById(row.querySelector("a").hash.slice(1));
  return { row, target, text: row.textContent.toLowerCase() };
});
const show = () => {
  const words = field.value.toLowerCase().split(" ").filter(Boolean);
  let shown = 0;
  for (const { row, target, text } of groups) {
    const isShown = words.every((word) => text.includes(word));
    row.hidden = !isShown;
    if (target) target.hidden = !isShown;
    if (isShown) shown += 1;
  }
  document.getElementById("shown").textContent = shown === 1 ? "1 application" : shown + " applications";
};
const openLinked = () => {
  const target = document.getElementById(location.hash.slice(1));
  if (target && target.localName === "details") {
    target.open = true;
    target.scrollIntoView();
  }
};
if (field) {
  field.closest(".filter").hidden = false;
  field.addEventListener("input", show);
}
addEventListener("hashchange", openLinked);
openLinked();
`;
