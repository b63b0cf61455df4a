//! How the window looks: dark, with the gold of a Venetian mask where something is chosen.

use egui::{Color32, CornerRadius, FontId, Margin, Stroke, TextStyle, Theme, Vec2, Visuals};

/// What is chosen, and what can be done next.
pub(crate) const GOLD: Color32 = Color32::from_rgb(0xE3, 0xB3, 0x5C);
/// What is well.
pub(crate) const GREEN: Color32 = Color32::from_rgb(0x7C, 0xC5, 0x8A);
/// What ought to be known.
pub(crate) const AMBER: Color32 = Color32::from_rgb(0xE8, 0xA0, 0x50);
/// What went wrong.
pub(crate) const RED: Color32 = Color32::from_rgb(0xE8, 0x70, 0x6A);
/// Text that explains.
pub(crate) const MUTED: Color32 = Color32::from_rgb(0x9A, 0x9C, 0xA8);
/// Behind the picture.
pub(crate) const STAGE: Color32 = Color32::from_rgb(0x0D, 0x0D, 0x11);
/// Behind panels.
pub(crate) const PANEL: Color32 = Color32::from_rgb(0x17, 0x18, 0x1E);
/// Behind what can be pressed.
pub(crate) const CARD: Color32 = Color32::from_rgb(0x24, 0x25, 0x2E);

const TEXT: Color32 = Color32::from_rgb(0xE6, 0xE4, 0xDF);
const CARD_HOVERED: Color32 = Color32::from_rgb(0x30, 0x31, 0x3C);
const CARD_PRESSED: Color32 = Color32::from_rgb(0x3C, 0x3D, 0x4A);
const LINE: Color32 = Color32::from_rgb(0x2C, 0x2D, 0x37);

/// How round corners are, in points.
pub(crate) const ROUND: CornerRadius = CornerRadius::same(8);

/// Sets the look of everything that `context` paints.
pub(crate) fn apply(context: &egui::Context) {
    context.set_theme(Theme::Dark);
    context.set_visuals_of(Theme::Dark, visuals());
    context.all_styles_mut(|style| {
        style.spacing.item_spacing = Vec2::new(8.0, 7.0);
        style.spacing.button_padding = Vec2::new(12.0, 6.0);
        style.spacing.interact_size.y = 26.0;
        style.always_scroll_the_only_direction = true;
        style.spacing.window_margin = Margin::same(20);
        style.text_styles = [
            (TextStyle::Heading, FontId::proportional(19.0)),
            (TextStyle::Body, FontId::proportional(14.0)),
            (TextStyle::Button, FontId::proportional(14.0)),
            (TextStyle::Monospace, FontId::monospace(12.5)),
            (TextStyle::Small, FontId::proportional(12.0)),
        ]
        .into();
        // Text is to be read; a drag over it is meant for what lies there.
        style.interaction.selectable_labels = false;
    });
}

fn visuals() -> Visuals {
    let mut visuals = Visuals::dark();
    visuals.panel_fill = PANEL;
    visuals.window_fill = PANEL;
    visuals.window_stroke = Stroke::new(1.0, LINE);
    visuals.window_corner_radius = CornerRadius::same(14);
    visuals.extreme_bg_color = STAGE;
    visuals.faint_bg_color = CARD;
    visuals.hyperlink_color = GOLD;
    visuals.warn_fg_color = AMBER;
    visuals.error_fg_color = RED;
    visuals.weak_text_color = Some(MUTED);
    visuals.slider_trailing_fill = true;
    visuals.selection.bg_fill = GOLD.gamma_multiply(0.55);
    visuals.selection.stroke = Stroke::new(1.0, GOLD);
    let widgets = &mut visuals.widgets;
    widgets.noninteractive.bg_stroke = Stroke::new(1.0, LINE);
    widgets.noninteractive.fg_stroke = Stroke::new(1.0, TEXT);
    let fills = [CARD, CARD_HOVERED, CARD_PRESSED, CARD_HOVERED];
    let states = [
        &mut widgets.inactive,
        &mut widgets.hovered,
        &mut widgets.active,
        &mut widgets.open,
    ];
    for (widget, fill) in states.into_iter().zip(fills) {
        widget.bg_fill = fill;
        widget.weak_bg_fill = fill;
        widget.bg_stroke = Stroke::new(1.0, LINE);
        widget.fg_stroke = Stroke::new(1.2, TEXT);
        widget.corner_radius = ROUND;
        widget.expansion = 0.0;
    }
    widgets.noninteractive.corner_radius = ROUND;
    widgets.hovered.bg_stroke = Stroke::new(1.0, GOLD.gamma_multiply(0.6));
    visuals
}
