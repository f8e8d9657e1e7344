//! Short forms without digits.

use super::Around;

/// Written with a period, and what they stand for.
const SHORT_FORMS: &[(&str, &str)] = &[
    ("Jan", "January"),
    ("Feb", "February"),
    ("Mar", "March"),
    ("Apr", "April"),
    ("Jun", "June"),
    ("Jul", "July"),
    ("Aug", "August"),
    ("Sep", "September"),
    ("Sept", "September"),
    ("Oct", "October"),
    ("Nov", "November"),
    ("Dec", "December"),
    ("Prof", "Professor"),
    ("Capt", "Captain"),
    ("Col", "Colonel"),
    ("Gen", "General"),
    ("Gov", "Governor"),
    ("Lt", "Lieutenant"),
    ("Maj", "Major"),
    ("Mt", "Mount"),
    ("Rev", "Reverend"),
    ("Sen", "Senator"),
    ("Sgt", "Sergeant"),
    ("St", "Saint"),
    ("approx", "approximately"),
    ("vs", "versus"),
];

/// Units of measure: written, said of one, said of more.
const UNITS: &[(&str, &str, &str)] = &[
    ("mm", "millimeter", "millimeters"),
    ("cm", "centimeter", "centimeters"),
    ("km", "kilometer", "kilometers"),
    ("ft", "foot", "feet"),
    ("mg", "milligram", "milligrams"),
    ("kg", "kilogram", "kilograms"),
    ("lb", "pound", "pounds"),
    ("lbs", "pound", "pounds"),
    ("oz", "ounce", "ounces"),
    ("ml", "milliliter", "milliliters"),
    ("km/h", "kilometer per hour", "kilometers per hour"),
    ("kph", "kilometer per hour", "kilometers per hour"),
    ("mph", "mile per hour", "miles per hour"),
    ("ms", "millisecond", "milliseconds"),
    ("Hz", "hertz", "hertz"),
    ("kHz", "kilohertz", "kilohertz"),
    ("MHz", "megahertz", "megahertz"),
    ("GHz", "gigahertz", "gigahertz"),
    ("kW", "kilowatt", "kilowatts"),
    ("MW", "megawatt", "megawatts"),
    ("GW", "gigawatt", "gigawatts"),
    ("KB", "kilobyte", "kilobytes"),
    ("MB", "megabyte", "megabytes"),
    ("GB", "gigabyte", "gigabytes"),
    ("TB", "terabyte", "terabytes"),
];

/// Roman numerals from two, and how they are said as a number and after a ruler.
const ROMAN: &[(&str, &str, &str)] = &[
    ("II", "two", "second"),
    ("III", "three", "third"),
    ("IV", "four", "fourth"),
    ("VI", "six", "sixth"),
    ("VII", "seven", "seventh"),
    ("VIII", "eight", "eighth"),
    ("IX", "nine", "ninth"),
    ("XI", "eleven", "eleventh"),
    ("XII", "twelve", "twelfth"),
    ("XIII", "thirteen", "thirteenth"),
    ("XIV", "fourteen", "fourteenth"),
    ("XV", "fifteen", "fifteenth"),
    ("XVI", "sixteen", "sixteenth"),
];

/// Names that rulers counted by Roman numerals bear.
const RULERS: &[&str] = &[
    "Alexander",
    "Alfonso",
    "Catherine",
    "Charles",
    "Edward",
    "Elizabeth",
    "Francis",
    "Frederick",
    "Friedrich",
    "George",
    "Gustav",
    "Henry",
    "Ivan",
    "James",
    "John",
    "Leo",
    "Louis",
    "Mehmed",
    "Napoleon",
    "Nicholas",
    "Paul",
    "Peter",
    "Philip",
    "Pius",
    "Ramesses",
    "Ramses",
    "Richard",
    "Rudolf",
    "Thutmose",
    "Umberto",
    "Wilhelm",
    "William",
];

pub(super) fn read(word: &str, around: &Around) -> Option<String> {
    if around.stop.starts_with('.')
        && let Some((_, said)) = SHORT_FORMS.iter().find(|(short, _)| *short == word)
    {
        return Some((*said).to_owned());
    }
    if around.previous.ends_with(|c: char| c.is_ascii_digit())
        && let Some(said) = unit(word, around.previous)
    {
        return Some(said.to_owned());
    }
    if around.previous.starts_with(char::is_uppercase)
        && let Some((_, number, rank)) = ROMAN.iter().find(|(roman, ..)| *roman == word)
    {
        return Some(if RULERS.contains(&around.previous) {
            format!("the {rank}")
        } else {
            (*number).to_owned()
        });
    }
    web_address(word)
}

/// How the unit `word` is said after `amount`.
pub(super) fn unit(word: &str, amount: &str) -> Option<&'static str> {
    let (_, one, many) = UNITS.iter().find(|(unit, ..)| *unit == word)?;
    Some(if amount == "1" { one } else { many })
}

/// `example.com`, but not `U.S.A` or `e.g`.
fn web_address(word: &str) -> Option<String> {
    let parts: Vec<&str> = word.split('.').collect();
    let is_name =
        |part: &&str| part.len() > 1 && part.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    (parts.len() > 1 && parts.iter().all(is_name)).then(|| parts.join(" dot "))
}
