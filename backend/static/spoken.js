// What a page says, written as a voice has to read it: sums, days and plates are words, not signs.

const FIGURES = ["không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín"];
const LETTERS = {
  A: "a", B: "bê", C: "xê", D: "dê", Đ: "đê", E: "e", F: "ép", G: "giê", H: "hát", I: "i", J: "gi", K: "ca",
  L: "lờ", M: "mờ", N: "nờ", O: "o", P: "pê", Q: "quy", R: "rờ", S: "sờ", T: "tê", U: "u", V: "vê",
  W: "vê kép", X: "ích", Y: "i dài", Z: "dét",
};
const MONTHS = [
  "January", "February", "March", "April", "May", "June",
  "July", "August", "September", "October", "November", "December",
];
const ISSUERS = [[/^NĐ-CP$/, "của Chính phủ"], [/^TT-BCA$/, "của Bộ Công an"], [/^QH\d+$/, "của Quốc hội"]];

/** Whole numbers in Vietnamese, as penalty/money.py writes them: 21 is "hai mươi mốt", 105 "một trăm linh năm". */
export function inWords(value) {
  if (value === 0) return FIGURES[0];
  const billions = Math.floor(value / 1e9);
  const rest = value % 1e9;
  if (!billions) return belowBillion(rest, true);
  return `${inWords(billions)} tỷ${rest ? ` ${belowBillion(rest, false)}` : ""}`;
}

function belowBillion(value, leading) {
  const said = [];
  for (const [size, name] of [[1e6, " triệu"], [1e3, " nghìn"], [1, ""]]) {
    const group = Math.floor(value / size) % 1000;
    if (group) said.push(hundreds(group, said.length > 0 || !leading) + name);
  }
  return said.join(" ");
}

function hundreds(value, full) {
  const [hundred, ten, one] = [Math.floor(value / 100), Math.floor(value / 10) % 10, value % 10];
  const said = hundred || full ? [`${FIGURES[hundred]} trăm`] : [];
  if (!ten) {
    if (one) said.push(said.length ? `linh ${FIGURES[one]}` : FIGURES[one]);
    return said.join(" ");
  }
  said.push(ten === 1 ? "mười" : `${FIGURES[ten]} mươi`);
  if (one) said.push(one === 1 && ten > 1 ? "mốt" : one === 5 ? "lăm" : FIGURES[one]);
  return said.join(" ");
}

/** Sign by sign, with a pause where the text has a stroke, a dot or a blank. */
function spelled(text, lang) {
  const name = (sign) => (lang === "vi" ? LETTERS[sign] ?? FIGURES[sign] : sign) ?? (lang === "vi" ? "sao" : "star");
  const groups = text.split(/[-–. /]+/).filter(Boolean);
  return groups.map((group) => [...group].map(name).join(" ")).join(", ");
}

const EDGE = String.raw`(?<![\p{L}\p{N}.,])`;
const END = String.raw`(?![\p{L}\p{N}])`;
const whole = (body) => new RegExp(EDGE + body + END, "gu");
const CODE = whole(String.raw`(?=[\p{Lu}\d*.-]*\p{Lu})(?=[\p{Lu}\d*.-]*\d)[\p{Lu}\d](?:[\p{Lu}\d*]|[-.](?=[\p{Lu}\d*]))+`);
const LAW = whole(String.raw`(\d+)\/(\d{4})\/([\p{Lu}\d]+(?:-[\p{Lu}]+)*)`);
const PLATE = whole(String.raw`\d{2}-?\p{Lu}{1,2}\d?[ -](?:\d{3}\.\d{2}|\d{4,5})`);
const TELEPHONE = whole(String.raw`0\d{2,3}(?:[ .]\d{3,4}){1,2}`);
const LONG = whole(String.raw`\d{5,}`);
const DAY = whole(String.raw`(?:ngày )?(\d{1,2})\/(\d{1,2})\/(\d{4})`);
const TIME = whole(String.raw`(\d{1,2}):(\d{2})(?::(\d{2}))?`);

function tidy(text) {
  return text.replace(/\s+/g, " ").replace(/[←→↑↓▸▾✓]/g, "").replace(/ [·|] /g, ", ").trim();
}

function vietnamese(text) {
  const figures = (digits) => [...digits].map((figure) => FIGURES[figure]).join(" ");
  const issuer = (code) => ISSUERS.find(([form]) => form.test(code))?.[1] ?? "";
  return text
    .replace(LAW, (_, number, year, code) => `${number} năm ${year} ${issuer(code)}`.trim())
    .replace(DAY, (_, day, month, year) => `ngày ${+day} tháng ${+month} năm ${year}`)
    .replace(TIME, (_, hour, minute, second) =>
      `${+hour} giờ${+minute || second ? ` ${+minute} phút` : ""}${+second ? ` ${+second} giây` : ""}`)
    .replace(PLATE, (plate) => spelled(plate, "vi"))
    .replace(CODE, (code) => spelled(code, "vi"))
    .replace(TELEPHONE, (number) => spelled(number, "vi"))
    .replace(/\d{1,3}(?:\.\d{3})+(?!\d)/g, (sum) => inWords(Number(sum.replaceAll(".", ""))))
    .replace(/(\d+),(\d+)/g, (_, before, after) => `${inWords(Number(before))} phẩy ${figures(after)}`)
    .replace(LONG, figures)
    .replace(/ ?km\/h/g, " ki lô mét trên giờ")
    .replace(/(?<=[\p{L}\d]) m(?![\p{L}\p{N}])/gu, " mét")
    .replace(/(?<=[\p{L}\d]) s(?![\p{L}\p{N}])/gu, " giây")
    .replace(/ ?%/g, " phần trăm")
    .replace(/ [×x] /g, " nhân ")
    .replace(/ = /g, " bằng ")
    .replace(/ – (?=\S)/g, " đến ");
}

function english(text) {
  return text
    .replace(LAW, (_, number, year) => `${number} of ${year}`)
    .replace(DAY, (_, day, month, year) => `${+day} ${MONTHS[month - 1] ?? month} ${year}`)
    .replace(/VND (\d[\d,]*)/g, "$1 dong")
    .replace(PLATE, (plate) => spelled(plate, "en"))
    .replace(CODE, (code) => spelled(code, "en"))
    .replace(LONG, (figures) => [...figures].join(" "))
    .replace(/ ?km\/h/g, " kilometres per hour")
    .replace(/ × /g, " times ")
    .replace(/ = /g, " is ");
}

/** The text of a part of a page, as it is to be said; empty where nothing is. */
export function spoken(text, lang) {
  return lang === "vi" ? vietnamese(tidy(text)) : english(tidy(text));
}
