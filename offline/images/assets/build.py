#!/usr/bin/env python3
"""Rebuilds art.bin, art.tsv from the public packages they come from.

    cd "$(mktemp -d)"
    npm pack @iconify-json/fluent-emoji@1.2.7 @iconify-json/fluent-emoji-flat@1.2.6 \
             emojilib@4.0.3 unicode-emoji-json@0.9.0
    for f in *.tgz; do mkdir "${f%.tgz}" && tar xzf "$f" -C "${f%.tgz}" --strip-components=1; done
    python3 <this file> .

Only the Python standard library is needed. The pictures drawn for this project
(own/*.svg) are packed with the rest, in both sets.

art.bin: one raw-deflate stream per group of pictures.
art.tsv: one line a picture: name, then group, offset and length of the shaded
drawing, the same of the flat one, then its keywords separated by '|'.
"""

import json
import pathlib
import re
import sys
import zlib

HERE = pathlib.Path(__file__).parent
GROUP_BYTES = 192 * 1024  # one lookup inflates one group: a few milliseconds

# What a film scene has no use for: pictograms, letters, faces, gestures,
# emblems of faith and state, and anything unfit for every audience.
SKIPPED_NAMES = re.compile(
    r"-(light|dark|medium|button|face|skin-tone)(-|$)|flag|^face-|^(keycap|input|man-|woman-)|"
    r"oclock|-thirty$|-arrow|arrow-|^(up|down|left|right)-|-(circle|square|mark|diamond|triangle)(s|$)|"
    r"hand(s|$|-)|finger|pointing|fist|^palm-(up|down)|palms|thumbs|"
    r"(aries|taurus|gemini|cancer|leo|virgo|libra|scorpio|sagittarius|capricorn|aquarius|pisces|ophiuchus)$|"
    r"heart-suit|suit$|prohibited|^no-|-sign$|symbol|cigarette|smoking|middle|kiss|bikini|briefs|"
    r"lipstick|swimsuit|love-hotel|poo$|breast|pregnant|toilet|restroom|closet|"
    r"(mosque|synagogue|kaaba|menorah|khanda|orthodox-cross|latin-cross|star-and-crescent|star-of-david|"
    r"wheel-of-dharma|six-pointed-star|hamsa)$|"
    r"^(japanese-(?!castle)|person-(?!in-lotus|running$|climbing|swimming|surfing|rowing|biking|walking$|mage|"
    r"superhero|zombie|vampire|elf|fairy|genie|in-bed|fencing|juggling|with-crown|lifting|cartwheeling|kneeling$))|"
    r"face$|eyes$|gesture|salute|horns|mouth|tongue$|nose$|-ok$|-no$|currency|copyright|registered|trade-|"
    r"anger|exclamation|question|curly|dash$|multiply|divide|plus$|minus$|equals|infinity|information|warning|"
    r"radio-|keyboard$|fax|pager|videocassette|dvd|optical-disk|trackball|control|slider|level-|"
    r"ballot|biting|bust|^baby$|^(child|boy|girl|older-person)$|wheelchair|cane|^mx-|mens|cl-|atm|"
    r"^om$|cat-with|^(crying|weary|pouting|grinning)-cat|head-shaking|exploding|rolling-on|star-struck|circled-m|"
    r"mahjong|check-box|potable|children-crossing|level-|asterisk|keycap|hundred|^(wc|id|ng|ok|sos|vs|cool|free|new|zzz|on|end|soon|back|top)(-|$)|"
    r"baggage|customs|passport|left-luggage|recycling|trident|fleur|part-alternation|placard|name-badge|"
    r"spiral-(calendar|notepad)|card-(file|index)|(in|out)box|dividers|mobile-phone-(off|with)|-bubble$|"
    r"identification|bento|hot-springs|antenna-bars|vibration|wireless|hollow|repeat|shuffle|eject|fast-"
)
KEPT_NAMES = {
    "black-cat", "red-heart", "atom-symbol", "medical-symbol", "peace-symbol", "radioactive", "biohazard",
    "lion", "fox", "wolf", "bear", "panda", "koala", "hamster", "raccoon", "frog", "moose", "unicorn", "polar-bear",
    "boxing-glove", "handshake", "man-dancing", "woman-dancing", "man-astronaut", "woman-scientist",
    "man-scientist", "woman-technologist", "man-detective", "woman-firefighter", "clown-face", "sun-with-face",
    "eight-oclock", "pirate-flag", "chequered-flag", "speech-balloon", "thought-balloon", "eye", "ear", "nose", "mouth",
    "bow-and-arrow", "red-question-mark", "shopping-cart", "barber-pole", "right-facing-fist", "brain",
    "three-oclock", "new-moon", "jack-o-lantern", "crown", "footprints", "paw-prints", "magnifying-glass-tilted-left",
    "alien", "robot", "ghost", "skull", "goblin", "ogre", "clapping-hands", "folded-hands", "raised-fist",
    "flexed-biceps", "heart-with-arrow", "palm-tree", "person-standing", "woman-merpeople",
}
ALIAS_KEYWORDS = {"piata": "pinata", "phoenix-bird": "phoenix", "rescue-workers-helmet": "helmet"}


def kept(name):
    return name in KEPT_NAMES or not SKIPPED_NAMES.search(name)


def only_blur(text):
    """A filter that blends with nothing and then blurs is just the blur."""
    if len(re.findall(r"<fe", text)) != 3 or "feGaussianBlur" not in text or "feFlood" not in text:
        return text
    return re.sub(r"<feFlood[^>]*/>|<feBlend[^>]*/>", "", text)


def slimmed(body):
    """Same drawing, fewer bytes: short ids, and needless filter steps left out."""
    body = re.sub(r"<filter.*?</filter>", lambda m: only_blur(m[0]), body)
    ids = list(dict.fromkeys(re.findall(r'id="([^"]+)"', body)))
    short = {old: f"x{position:x}" for position, old in enumerate(ids)}
    body = re.sub(r'id="([^"]+)"', lambda m: f'id="{short[m[1]]}"', body)
    return re.sub(r"#([A-Za-z0-9_]+)(?=[\")])", lambda m: "#" + short.get(m[1], m[1]), body)


def svg(icon, defaults):
    width = icon.get("width", defaults.get("width", 32))
    height = icon.get("height", defaults.get("height", 32))
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        f'viewBox="0 0 {width} {height}">{slimmed(icon["body"])}</svg>'
    )


def flattened(text):
    """An own drawing without shading: opaque gradients become their middle colour."""
    for tag, name, stops in re.findall(r'<((?:linear|radial)Gradient) id="(\w+)".*?>(.*?)</\1>', text):
        colours = re.findall(r'stop-color="(#\w+)"', stops)
        if "stop-opacity" not in stops:
            text = text.replace(f"url(#{name})", colours[len(colours) // 2])
    return text


class Packer:
    def __init__(self):
        self.streams, self.pending, self.size = [], [], 0

    def add(self, text):
        data = text.encode()
        if self.size + len(data) > GROUP_BYTES and self.size:
            self.flush()
        place = (len(self.streams), self.size, len(data))
        self.pending.append(data)
        self.size += len(data)
        return place

    def flush(self):
        deflate = zlib.compressobj(9, zlib.DEFLATED, -15, 9)
        self.streams.append(deflate.compress(b"".join(self.pending)) + deflate.flush())
        self.pending, self.size = [], 0

    def file(self):
        """u32 count, then u32 length of each stream, then the streams; little endian."""
        if self.size:
            self.flush()
        lengths = [len(self.streams), *map(len, self.streams)]
        return b"".join(n.to_bytes(4, "little") for n in lengths) + b"".join(self.streams)


def keywords(packages):
    names = json.loads((packages / "unicode-emoji-json-0.9.0/data-by-emoji.json").read_text())
    words = json.loads((packages / "emojilib-4.0.3/dist/emoji-en-US.json").read_text())
    by_name = {}
    for emoji, about in names.items():
        found = [w.lower().replace("_", " ").strip() for w in words.get(emoji, [])]
        by_name[about["slug"].replace("_", "-")] = [w for w in found if re.fullmatch(r"[a-z][a-z -]+", w)]
    return by_name


def main(packages):
    shaded = json.loads((packages / "iconify-json-fluent-emoji-1.2.7/icons.json").read_text())
    flat = json.loads((packages / "iconify-json-fluent-emoji-flat-1.2.6/icons.json").read_text())
    words = keywords(packages)
    drawings = {
        name: (svg(icon, shaded), svg(flat["icons"][name], flat))
        for name, icon in shaded["icons"].items()
        if kept(name) and name in flat["icons"]
    }
    for path in sorted((HERE / "own").glob("*.svg")):
        drawings[path.stem] = (path.read_text(), flattened(path.read_text()))
    art, places = Packer(), {}
    for which in (0, 1):
        for name in sorted(drawings):
            places.setdefault(name, []).extend(art.add(drawings[name][which]))
    (HERE / "art.bin").write_bytes(art.file())
    lines = []
    for name in sorted(drawings):
        known = list(dict.fromkeys([*words.get(name, []), *filter(None, [ALIAS_KEYWORDS.get(name)])]))
        lines.append("\t".join([name, *map(str, places[name]), "|".join(known)]))
    (HERE / "art.tsv").write_text("\n".join(lines) + "\n")
    print(f"{len(lines)} pictures, {(HERE / 'art.bin').stat().st_size} bytes")


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
