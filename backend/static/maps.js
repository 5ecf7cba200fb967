import { startMaps } from "./map.js";

startMaps(document);
