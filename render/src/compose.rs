//! Draws a film's frames: any of them, in any order, though cheapest in turn.

use crate::RenderError;
use crate::camera::{self, Path};
use crate::captions::Captions;
use crate::picture::Picture;
use crate::plan::Plan;
use crate::planes::Frame;
use crate::resample::Scratch;
use crate::timeline::{Layer, Timeline};

/// Everything the frames of one film are drawn from.
pub(crate) struct Composer<'a> {
    plan: &'a Plan,
    timeline: Timeline,
    paths: Vec<Path>,
    pictures: Vec<Option<Picture>>,
    captions: Captions,
    scratch: Scratch,
    above: Frame,
}

impl<'a> Composer<'a> {
    pub(crate) fn new(plan: &'a Plan) -> Self {
        let motions: Vec<_> = plan.scenes.iter().map(|scene| scene.motion).collect();
        Self {
            plan,
            timeline: Timeline::new(plan),
            paths: camera::paths(&motions, plan.seed),
            pictures: plan.scenes.iter().map(|_| None).collect(),
            captions: Captions::new(plan),
            scratch: Scratch::default(),
            above: Frame::new(plan.width, plan.height),
        }
    }

    /// Draws frame number `number` over whatever `frame` held.
    ///
    /// # Errors
    /// `Picture`, naming the scene whose picture cannot be used.
    pub(crate) fn draw(&mut self, number: usize, frame: &mut Frame) -> Result<(), RenderError> {
        let layers = self.timeline.layers(number);
        self.forget_before(layers.base.scene);
        self.draw_layer(layers.base, frame)?;
        if let Some((over, weight)) = layers.over {
            let mut above = std::mem::replace(&mut self.above, Frame::new(0, 0));
            let drawn = self.draw_layer(over, &mut above);
            frame.fade_to(&above, weight);
            self.above = above;
            drawn?;
        }
        self.captions.draw(number, frame);
        Ok(())
    }

    fn draw_layer(&mut self, layer: Layer, frame: &mut Frame) -> Result<(), RenderError> {
        let slot = &mut self.pictures[layer.scene];
        let picture = match slot {
            Some(picture) => picture,
            None => {
                let path = &self.plan.scenes[layer.scene].image;
                let (width, height) = (self.plan.width, self.plan.height);
                slot.insert(Picture::load(path, layer.scene + 1, width, height)?)
            }
        };
        let window = self.paths[layer.scene].window(layer.progress);
        picture.draw(window, frame, &mut self.scratch);
        Ok(())
    }

    /// Keeps memory flat: pictures of scenes gone by are not needed again.
    fn forget_before(&mut self, scene: usize) {
        for picture in &mut self.pictures[..scene] {
            *picture = None;
        }
    }
}
