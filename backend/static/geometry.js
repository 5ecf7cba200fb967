// The drawings of what was measured stand beside the pictures; G shows and hides them, and the choice is kept.

export function startGeometry(article) {
  const card = article.querySelector("[data-geometry]");
  const button = article.querySelector("[data-toggle-geometry]");
  if (!card || !button) return () => {};
  const apply = (shown) => {
    card.hidden = !shown;
    button.setAttribute("aria-pressed", String(shown));
  };
  const toggle = () => {
    localStorage.setItem("geometry", card.hidden ? "on" : "off");
    apply(card.hidden);
  };
  apply(localStorage.getItem("geometry") !== "off");
  button.addEventListener("click", toggle);

  const still = card.querySelector("[data-still]");
  const mark = card.querySelector("[data-mark]");
  const size = () => {
    if (still?.naturalWidth) mark.setAttribute("viewBox", `0 0 ${still.naturalWidth} ${still.naturalHeight}`);
  };
  still?.addEventListener("load", size);
  size();
  return toggle;
}
