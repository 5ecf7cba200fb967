// A magnifying glass over the picture or video in sight: by keys or pointer. It copies; the picture stays as it is.

const SIZE = 260;
const LEAST = 2;
const MOST = 10;

export function startLoupe(stage, source, start) {
  const lens = document.createElement("canvas");
  lens.className = "loupe";
  lens.width = lens.height = SIZE;
  lens.hidden = true;
  stage.append(lens);
  const brush = lens.getContext("2d");
  let at = null;
  let times = 4;
  let frame = 0;

  // where the picture lies within its element: object-fit contain leaves bars beside or above
  function placed(shown) {
    const width = shown.naturalWidth || shown.videoWidth;
    const height = shown.naturalHeight || shown.videoHeight;
    if (!width) return null;
    const box = shown.getBoundingClientRect();
    const scale = Math.min(box.width / width, box.height / height);
    return {
      width, height, scale,
      left: box.left + (box.width - width * scale) / 2,
      top: box.top + (box.height - height * scale) / 2,
    };
  }

  function draw() {
    if (lens.hidden) return;
    frame = requestAnimationFrame(draw);
    const shown = source();
    const where = shown && placed(shown);
    if (!where) return;
    const side = SIZE / (times * where.scale);
    brush.fillStyle = "#000";
    brush.fillRect(0, 0, SIZE, SIZE);
    brush.drawImage(
      shown, at.x * where.width - side / 2, at.y * where.height - side / 2, side, side, 0, 0, SIZE, SIZE,
    );
    const edge = stage.getBoundingClientRect();
    const x = where.left + at.x * where.width * where.scale - edge.left - SIZE / 2;
    const y = where.top + at.y * where.height * where.scale - edge.top - SIZE / 2;
    lens.style.left = `${Math.min(Math.max(x, 0), Math.max(edge.width - SIZE, 0))}px`;
    lens.style.top = `${Math.min(Math.max(y, 0), Math.max(edge.height - SIZE, 0))}px`;
  }

  const within = (value) => Math.min(Math.max(value, 0), 1);

  stage.addEventListener("pointermove", (event) => {
    const shown = !lens.hidden && source();
    const where = shown && placed(shown);
    if (!where) return;
    at = {
      x: within((event.clientX - where.left) / (where.width * where.scale)),
      y: within((event.clientY - where.top) / (where.height * where.scale)),
    };
  });

  const loupe = {
    get on() { return !lens.hidden; },
    toggle() {
      if (!at) {
        const first = start();
        at = { x: within(first.x), y: within(first.y) };
      }
      lens.hidden = !lens.hidden;
      cancelAnimationFrame(frame);
      draw();
      return loupe.on;
    },
    key(event) {
      if (lens.hidden) return false;
      const step = (event.shiftKey ? 0.003 : 0.012);
      const move = {
        ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step],
      }[event.key];
      if (move) at = { x: within(at.x + move[0]), y: within(at.y + move[1]) };
      else if (event.key === "+" || event.key === "=") times = Math.min(times * 1.25, MOST);
      else if (event.key === "-") times = Math.max(times / 1.25, LEAST);
      else return false;
      return true;
    },
    stop() {
      lens.hidden = true;
      cancelAnimationFrame(frame);
    },
  };
  return loupe;
}
