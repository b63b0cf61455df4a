//! The row of effects below the picture.

use egui::{Align2, FontId, Frame, Key, Margin, Rect, Sense, Stroke, StrokeKind, Vec2, pos2, vec2};

use crate::desk::{Desk, Wishes};
use crate::theme::{CARD, GOLD, MUTED, PANEL, ROUND, STAGE};

/// A tile of the row, in points: the picture, and a line for the name.
const TILE: Vec2 = vec2(92.0, 108.0);
const PICTURE: f32 = 80.0;

/// Shows the row, and notes what was chosen.
pub(crate) fn show(desk: &mut Desk, ui: &mut egui::Ui, wishes: &mut Wishes) {
    let frame = Frame::new().fill(PANEL).inner_margin(Margin::symmetric(14, 10));
    egui::Panel::bottom("effects").frame(frame).show(ui, |ui| {
        egui::ScrollArea::horizontal().auto_shrink(false).show(ui, |ui| {
            ui.horizontal(|ui| {
                let mut chosen = stepped(ui, desk.worn(), desk.effects.entries.len());
                if tile(desk, ui, None) {
                    chosen = None;
                }
                for place in 0..desk.effects.entries.len() {
                    if tile(desk, ui, Some(place)) {
                        chosen = Some(place);
                    }
                }
                if chosen != desk.worn() {
                    desk.choose(chosen);
                    wishes.orders.push(desk.wear());
                }
            });
        });
    });
}

/// The sign for no effect: a circle with a stroke through it.
fn nothing(painter: &egui::Painter, centre: egui::Pos2) {
    const RADIUS: f32 = 15.0;
    let stroke = Stroke::new(2.5, MUTED);
    let corner = Vec2::splat(RADIUS * std::f32::consts::FRAC_1_SQRT_2);
    painter.circle_stroke(centre, RADIUS, stroke);
    painter.line_segment([centre - corner, centre + corner], stroke);
}

/// The place that the arrow keys ask for, counted from none.
fn stepped(ui: &egui::Ui, worn: Option<usize>, places: usize) -> Option<usize> {
    if ui.ctx().memory(egui::Memory::focused).is_some() {
        return worn;
    }
    let pressed = |key| ui.input(|input| input.key_pressed(key));
    let at = worn.map_or(0, |place| place + 1);
    let at = if pressed(Key::ArrowRight) {
        (at + 1).min(places)
    } else if pressed(Key::ArrowLeft) {
        at.saturating_sub(1)
    } else {
        at
    };
    at.checked_sub(1)
}

/// A tile; says whether it was pressed.
fn tile(desk: &mut Desk, ui: &mut egui::Ui, place: Option<usize>) -> bool {
    let (rect, response) = ui.allocate_exact_size(TILE, Sense::click());
    let entry = place.map(|place| &desk.effects.entries[place]);
    let name = entry.map_or("None", |entry| entry.name.as_str());
    let stem = entry.map_or("none", |entry| entry.stem.as_str());
    desk.layout.note(&format!("effect-{stem}"), &response);
    let worn = desk.worn() == place;
    // What is worn is in sight: at the start, and when keys or a test chose it.
    if worn && desk.in_sight != place {
        desk.in_sight = place;
        response.scroll_to_me(None);
    }
    let picture = Rect::from_center_size(
        pos2(rect.center().x, rect.min.y + PICTURE / 2.0 + 3.0),
        Vec2::splat(PICTURE),
    );
    let painter = ui.painter();
    painter.rect_filled(picture, ROUND, if response.hovered() { CARD } else { STAGE });
    match place.and_then(|place| desk.thumbnails[place].as_ref()) {
        Some(texture) => {
            let size = texture.size_vec2();
            let scale = PICTURE / size.x.max(size.y).max(1.0);
            let inside = Rect::from_center_size(picture.center(), size * scale);
            egui::Image::new((texture.id(), size))
                .corner_radius(ROUND)
                .paint_at(ui, inside);
        }
        None if entry.is_some() => {
            let initial = name.chars().take(1).collect::<String>();
            painter.text(
                picture.center(),
                Align2::CENTER_CENTER,
                initial,
                FontId::proportional(28.0),
                MUTED,
            );
        }
        None => nothing(painter, picture.center()),
    }
    let (stroke, colour) = if worn {
        (Stroke::new(2.0, GOLD), GOLD)
    } else if response.hovered() {
        (
            Stroke::new(1.0, GOLD.gamma_multiply(0.6)),
            ui.visuals().text_color(),
        )
    } else {
        (Stroke::NONE, MUTED)
    };
    let painter = ui.painter_at(rect);
    painter.rect_stroke(picture, ROUND, stroke, StrokeKind::Outside);
    let line = pos2(rect.center().x, rect.max.y - 9.0);
    painter.text(
        line,
        Align2::CENTER_CENTER,
        name,
        FontId::proportional(12.0),
        colour,
    );
    response.on_hover_text(name).clicked()
}
