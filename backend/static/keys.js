// Keys on the glass. A form with a pad of its own shows it always; any other box brings up a board from below,
// with the letters and tones of Vietnamese. A real keyboard and a scanner work as well.

const CODE_ROWS = ["1234567890", "QWERTYUIOP", "ASDFGHJKL", "ZXCVBNM-"];
const FIGURE_ROWS = ["12345", "67890"];
const TEXT_ROWS = ["1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm", "ăâđêôơư"];
const TONES = [["sắc", "\u0301"], ["huyền", "\u0300"], ["hỏi", "\u0309"], ["ngã", "\u0303"], ["nặng", "\u0323"]];
const ALL_TONES = /[\u0300\u0301\u0303\u0309\u0323]/g;
const VOWEL = /^[aăâeêioôơuưy]/i;
const BOXES = "textarea, input:is([type=text], [type=tel], [type=email], [type=search], :not([type]))";

let box = null;

function changed() {
  box.dispatchEvent(new Event("input", { bubbles: true }));
}

function write(text) {
  const room = box.maxLength < 0 ? Infinity : box.maxLength - box.value.length;
  if (room < text.length) return;
  box.setRangeText(text, box.selectionStart, box.selectionEnd, "end");
  changed();
}

function erase() {
  const { selectionStart: from, selectionEnd: to } = box;
  box.setRangeText("", from === to ? Math.max(0, from - 1) : from, to, "end");
  changed();
}

/** The letter without its tone, and the tone: "ấ" is "â" and the acute. */
function taken_apart(letter) {
  const parts = letter.normalize("NFD");
  return [parts.replace(ALL_TONES, "").normalize("NFC"), parts.match(ALL_TONES)?.[0] ?? ""];
}

/** Put the tone on the vowel before the cursor, or take it off again. */
function tone(mark) {
  const end = box.selectionStart;
  for (let place = end - 1; place >= 0 && /\p{L}/u.test(box.value[place]); place -= 1) {
    const [letter, had] = taken_apart(box.value[place]);
    if (!VOWEL.test(letter)) continue;
    box.setRangeText((had === mark ? letter : letter + mark).normalize("NFC"), place, place + 1, "preserve");
    box.setSelectionRange(end, end);
    changed();
    return;
  }
}

function key(label, press, wide = "") {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = label;
  button.className = wide;
  button.addEventListener("pointerdown", (event) => event.preventDefault());
  button.addEventListener("click", press);
  return button;
}

function row(...keys) {
  const line = document.createElement("div");
  line.className = "k-row";
  line.append(...keys);
  return line;
}

const letters = (text) => [...text].map((letter) => key(letter, () => write(letter)));

function inlinePad(pad) {
  const boxes = [...pad.closest("form").querySelectorAll("input.o-code")];
  const choose = (next) => {
    box = next;
    for (const one of boxes) one.classList.toggle("k-active", one === box);
    box.focus({ preventScroll: true });
  };
  const next = () => choose(boxes[(boxes.indexOf(box) + 1) % boxes.length]);
  const last = [key(pad.dataset.erase, erase, "k-wide")];
  if (boxes.length > 1) last.push(key(pad.dataset.next, next, "k-wide"));
  pad.append(...CODE_ROWS.map((text) => row(...letters(text))), row(...last));
  for (const one of boxes) {
    one.inputMode = "none";
    one.addEventListener("focus", () => choose(one));
  }
  pad.hidden = false;
  choose(boxes.find((one) => !one.value) ?? boxes[0]);
}

function board(place) {
  let large = false;
  const say = place.dataset;
  const close = () => {
    place.hidden = true;
    document.body.classList.remove("k-typing");
    document.documentElement.style.scrollPaddingBottom = "";
    box?.blur();
  };
  const shift = () => {
    large = !large;
    for (const one of place.querySelectorAll(".k-letter")) {
      one.textContent = large ? one.textContent.toUpperCase() : one.textContent.toLowerCase();
    }
  };
  const typing = (text) => [...text].map((letter) => {
    const one = key(letter, () => { write(one.textContent); if (large) shift(); }, "k-letter");
    return one;
  });
  const words = () => [
    ...TEXT_ROWS.slice(0, 3).map((text) => row(...typing(text))),
    row(key("⇧", shift), ...typing(TEXT_ROWS[3]), key(say.erase, erase, "k-wide")),
    row(...typing(TEXT_ROWS[4]), ...TONES.map(([name, mark]) => key(name, () => tone(mark), "k-tone"))),
    row(...letters(",.?/-@"), key(say.space, () => write(" "), "k-space"),
      ...(box.tagName === "TEXTAREA" ? [key("⏎", () => write("\n"))] : []), key(say.close, close, "k-wide k-close")),
  ];
  const figures = () => [
    ...FIGURE_ROWS.map((text) => row(...letters(text))),
    row(key(say.erase, erase, "k-wide"), key(say.close, close, "k-wide k-close")),
  ];
  const open = (next) => {
    box = next;
    large = false;
    place.replaceChildren(...(["numeric", "tel"].includes(box.dataset.keys) ? figures() : words()));
    place.hidden = false;
    document.body.classList.add("k-typing");
    document.documentElement.style.scrollPaddingBottom = `${place.offsetHeight + 12}px`;
    box.scrollIntoView({ block: "center" });
  };
  for (const one of document.querySelectorAll(BOXES)) {
    if (one.closest("form")?.querySelector("[data-pad]")) continue;
    one.dataset.keys = one.inputMode || one.type;
    one.inputMode = "none";
    one.addEventListener("focus", () => open(one));
  }
  addEventListener("pointerdown", (event) => {
    if (!place.hidden && !place.contains(event.target) && !event.target.matches(BOXES)) close();
  });
}

const pad = document.querySelector("[data-pad]");
if (pad) inlinePad(pad);
const below = document.querySelector("[data-board]");
if (below) board(below);
