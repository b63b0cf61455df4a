//! The picture.

use egui::{Align2, CentralPanel, CornerRadius, FontId, Frame, Margin, Rect, Sense, Vec2, vec2};

use crate::desk::{Desk, Wishes};
use crate::news::{News, Order, State};
use crate::theme::{MUTED, RED, STAGE};

/// Shows the picture as large as it fits. A press on it is a tap.
pub(crate) fn show(
    desk: &mut Desk,
    ui: &mut egui::Ui,
    news: Option<&News>,
    picture: Option<egui::TextureId>,
    wishes: &mut Wishes,
) {
    let frame = Frame::new().fill(STAGE).inner_margin(Margin::same(14));
    CentralPanel::default().frame(frame).show(ui, |ui| {
        let room = ui.available_rect_before_wrap();
        let shown = news.and_then(|news| news.picture.as_ref().filter(|_| news.state == State::Live));
        if let (Some(shown), Some(texture)) = (shown, picture) {
            let [width, height] = shown.size.map(|side| side as f32);
            let rect = fitted(room, vec2(width, height));
            let image = egui::Image::new((texture, rect.size())).corner_radius(CornerRadius::same(10));
            let response = ui.put(rect, image.sense(Sense::click()));
            desk.layout.note("preview", &response);
            if response.clicked() {
                wishes.orders.push(Order::Tap);
            }
            return;
        }
        let (colour, words) = match news {
            None => (MUTED, "off".to_owned()),
            Some(News {
                trouble: Some(trouble),
                ..
            }) => (RED, trouble.clone()),
            Some(News {
                state: State::Paused, ..
            }) => (MUTED, "paused: everything was wiped".to_owned()),
            Some(_) => (MUTED, "loading".to_owned()),
        };
        let font = FontId::proportional(16.0);
        let galley = ui.painter().layout(words, font, colour, room.width().max(1.0));
        let place = Align2::CENTER_CENTER.anchor_size(room.center(), galley.size());
        if colour == RED {
            desk.layout
                .note_rect("trouble", place, ui.ctx().pixels_per_point());
        }
        ui.painter().galley(place.min, galley, colour);
    });
}

/// The largest rectangle of the shape of `size` in the middle of `room`.
fn fitted(room: Rect, size: Vec2) -> Rect {
    let scale = (room.width() / size.x.max(1.0)).min(room.height() / size.y.max(1.0));
    Rect::from_center_size(room.center(), size * scale.max(0.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use egui::pos2;

    #[test]
    fn a_picture_fits_and_keeps_its_shape() {
        let room = Rect::from_min_size(pos2(10.0, 20.0), vec2(400.0, 200.0));
        let wide = fitted(room, vec2(800.0, 100.0));
        assert_eq!((wide.size(), wide.center()), (vec2(400.0, 50.0), room.center()));
        let high = fitted(room, vec2(100.0, 400.0));
        assert_eq!(high.size(), vec2(50.0, 200.0));
        assert_eq!(
            fitted(Rect::from_min_size(pos2(0.0, 0.0), Vec2::ZERO), vec2(4.0, 3.0)).size(),
            Vec2::ZERO
        );
    }
}
