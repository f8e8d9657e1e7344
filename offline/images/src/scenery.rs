//! Paints the place itself, without heroes or props.
//!
//! To add a setting: a variant of `Setting`, its colours in `palette`, its words
//! in the lexicon, and a painter here.

mod air;
mod built;
mod dressing;
mod furniture;
mod growth;
mod indoors;
mod land;
mod outdoors;
mod space;
mod underwater;

pub(crate) use air::{glow_at, particles};

use crate::brief::Setting;
use crate::grid::Canvas;
use crate::stage::Stage;

pub(crate) fn paint(stage: &mut Stage<'_>) -> Canvas {
    match stage.brief.setting {
        Setting::Space => space::paint(stage),
        Setting::Underwater => underwater::paint(stage),
        Setting::Interior => indoors::room(stage),
        Setting::Library => indoors::library(stage),
        Setting::Laboratory => indoors::laboratory(stage),
        Setting::City => built::city(stage),
        Setting::Temple => built::temple(stage),
        Setting::Desert => outdoors::desert(stage),
        Setting::Forest => outdoors::forest(stage),
        Setting::Mountain => outdoors::mountain(stage),
        Setting::Meadow => outdoors::meadow(stage),
        Setting::Night => outdoors::night(stage),
        Setting::Arctic => outdoors::arctic(stage),
        Setting::Beach => outdoors::beach(stage),
        Setting::Graveyard => outdoors::graveyard(stage),
        Setting::Sky => outdoors::sky(stage),
    }
}
