//! Where things are in the window, told on standard output: so that a test can press what a user sees.

use std::collections::BTreeMap;

use egui::{Rect, Response};

/// The places of named things, in physical pixels.
#[derive(Debug, Default)]
pub(crate) struct Layout {
    told: BTreeMap<String, [i32; 4]>,
    now: BTreeMap<String, [i32; 4]>,
    /// Whether anybody listens.
    on: bool,
}

impl Layout {
    pub(crate) fn new(on: bool) -> Self {
        Self {
            on,
            ..Self::default()
        }
    }

    /// Notes where a widget is.
    pub(crate) fn note(&mut self, name: &str, response: &Response) {
        self.note_rect(name, response.rect, response.ctx.pixels_per_point());
    }

    /// Notes where something else is, in points.
    pub(crate) fn note_rect(&mut self, name: &str, rect: Rect, pixels_per_point: f32) {
        if self.on {
            let px = |points: f32| (points * pixels_per_point).round() as i32;
            let place = [
                px(rect.min.x),
                px(rect.min.y),
                px(rect.width()),
                px(rect.height()),
            ];
            self.now.insert(name.to_owned(), place);
        }
    }

    /// Ends a pass. Returns a line for each thing that is at another place than before, or gone.
    pub(crate) fn changes(&mut self) -> Vec<String> {
        let now = std::mem::take(&mut self.now);
        let gone = self.told.keys().filter(|name| !now.contains_key(*name));
        let mut lines: Vec<_> = gone.map(|name| format!("gone {name}")).collect();
        let moved = now
            .iter()
            .filter(|(name, place)| self.told.get(*name) != Some(place));
        lines
            .extend(moved.map(|(name, [x, y, width, height])| format!("at {name} {x} {y} {width} {height}")));
        self.told = now;
        lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use egui::{pos2, vec2};

    #[test]
    fn only_what_changed_is_told() {
        let mut layout = Layout::new(true);
        let rect = |x| Rect::from_min_size(pos2(x, 2.0), vec2(3.0, 4.0));
        layout.note_rect("a", rect(1.0), 2.0);
        layout.note_rect("b", rect(1.0), 1.0);
        assert_eq!(layout.changes(), ["at a 2 4 6 8", "at b 1 2 3 4"]);
        layout.note_rect("a", rect(5.0), 2.0);
        assert_eq!(layout.changes(), ["gone b", "at a 10 4 6 8"]);
        layout.note_rect("a", rect(5.0), 2.0);
        assert!(layout.changes().is_empty());
    }

    #[test]
    fn nobody_is_told_unless_asked() {
        let mut layout = Layout::new(false);
        layout.note_rect("a", Rect::ZERO, 1.0);
        assert!(layout.changes().is_empty());
    }
}
